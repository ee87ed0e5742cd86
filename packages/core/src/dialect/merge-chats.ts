import type { ChatCompletion, Usage } from "../request/wire-types.js";
import { isObject } from "./field-values.js";

/** The answers of several requests as the choices of one. Usage is summed: each request has read the prompt. */
export function mergeChats(answers: readonly [ChatCompletion, ...ChatCompletion[]]): ChatCompletion {
  const [first, ...others] = answers;
  if (others.length === 0) return first;
  const choices = answers.flatMap((answer) => answer.choices).map((choice, index) => ({ ...choice, index }));
  const usages = answers.map(({ usage }) => usage ?? {});
  return { ...first, choices, usage: usages.reduce(sum) };
}

/** Numbers are added, also inside details; of anything else the first counts. */
function sum(one: Usage, other: Usage): Usage {
  const total: Usage = { ...other, ...one };
  for (const [key, value] of Object.entries(other)) {
    const before = one[key];
    if (typeof value === "number" && typeof before === "number") total[key] = before + value;
    else if (isObject(value) && isObject(before)) total[key] = sum(before, value);
  }
  return total;
}
