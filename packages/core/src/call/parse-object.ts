import { isObject } from "../dialect/field-values.js";
import type { JsonObject } from "../request/wire-types.js";

/** A text as the JSON object that it is; `undefined` where it is none. */
export function parseObject(text: string, reviver?: Parameters<typeof JSON.parse>[1]): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text, reviver);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
