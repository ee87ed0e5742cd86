import { isObject } from "../dialect/field-values.js";
import type { JsonObject } from "../request/wire-types.js";

/**
 * A tool call, or a piece of one, with its `arguments` as text: some servers write them as the object itself. The same object where
 * nothing changes.
 *
 * @param isFirst whether the call begins here: servers that only know functions leave out its `type`
 */
export function fillCall(call: JsonObject, isFirst: boolean): JsonObject {
  const called = withTextArguments(call.function);
  const isUntyped = isFirst && (call.type === undefined || call.type === null) && call.custom === undefined;
  if (!isUntyped && called === call.function) return call;
  return { ...call, ...(isUntyped ? { type: "function" } : {}), ...(called === undefined ? {} : { function: called }) };
}

function withTextArguments(called: unknown): unknown {
  if (!isObject(called) || typeof called.arguments !== "object" || called.arguments === null) return called;
  try {
    return { ...called, arguments: JSON.stringify(called.arguments) };
  } catch {
    // What nests too deep to be written makes no sense, as the check says.
    return called;
  }
}
