import { isObject } from "../dialect/field-values.js";
import type { JsonObject, Usage } from "../request/wire-types.js";

/** Counts add up, in details as well; what is estimated in a part is estimated. */
export function addUsage(sum: Usage, more: Usage): Usage {
  const added: JsonObject = { ...sum };
  for (const [name, value] of Object.entries(more)) {
    const before = added[name];
    if (typeof value === "number" && typeof before === "number") added[name] = before + value;
    else if (isObject(value) && isObject(before)) added[name] = addUsage(before, value);
    else if (value !== false && value !== null) added[name] = value;
    else added[name] ??= value;
  }
  return added;
}
