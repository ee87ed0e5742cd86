import { answersInFormat } from "../catalog/answers-in-format.js";
import { isObject } from "../dialect/field-values.js";
import type { Target } from "./find-targets.js";

/** Why a target is not to be asked for a body while another is fit; `undefined` for one that is. Pure. */
export function unfitness({ context, model }: Target, body: unknown): string | undefined {
  if (!isObject(body)) return undefined;
  const found = context.options.catalog.find(model);
  // Of what nobody knows nothing is said.
  if (found.kind !== "model" || found.model.modality !== "chat") return undefined;
  const { tools, functions, response_format: format } = body;
  const { capabilities } = found.model;
  if ((isFilled(tools) || isFilled(functions)) && !capabilities.tools) return "it is not known to call tools";
  const wantsJson = isObject(format) && (format.type === "json_object" || format.type === "json_schema");
  if (wantsJson && !answersInFormat(found.model)) return "it is not known to answer in JSON";
  return undefined;
}

function isFilled(list: unknown): boolean {
  return Array.isArray(list) && list.length > 0;
}
