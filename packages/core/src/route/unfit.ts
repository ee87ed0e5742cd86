import { answersInFormat } from "../catalog/answers-in-format.js";
import { isObject } from "../dialect/field-values.js";
import type { FoundTargets, Target } from "./find-targets.js";

/** The targets that are fit for a body, or all where none is. The others are left out. Pure. */
export function fitTargets({ targets, leftOut }: FoundTargets, body: unknown): FoundTargets {
  const judged = targets.map((target) => ({ target, why: unfitness(target, body) }));
  const fit = judged.flatMap(({ target, why }) => (why === undefined ? [target] : []));
  if (fit.length === 0) return { targets, leftOut };
  const unfit = judged.flatMap(({ target, why }) => (why === undefined ? [] : [{ name: target.name, why }]));
  return { targets: fit, leftOut: [...leftOut, ...unfit] };
}

/** Why a target is not asked for a body while another is fit; `undefined` for a fit one. */
function unfitness({ context, model }: Target, body: unknown): string | undefined {
  if (!isObject(body)) return undefined;
  const found = context.options.catalog.find(model);
  // An unknown model may be able to do it.
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
