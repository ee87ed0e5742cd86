import { InvalidOptionsError, type PlannedCall } from "@laplas/core";
import { parseLine } from "./read-request-file.js";

/** A job, and how its parts are called where it came from. */
export interface Job {
  readonly calls: readonly PlannedCall[];
  readonly names: readonly string[];
}

/** One call a line: its body, `{"request", "count"}`, or a line of OpenAI's batch format, whose body is `body`. */
export function linesJob(jsonl: string, where: string, model: string | undefined): Job {
  const calls: PlannedCall[] = [];
  const names: string[] = [];
  for (const [index, line] of jsonl.split("\n").entries()) {
    if (line.trim() === "") continue;
    const { request, body, count, ...fields } = parseLine(line, where, index + 1);
    const asked = (request ?? body ?? fields) as PlannedCall["request"];
    if (count !== undefined && !(Number.isSafeInteger(count) && Number(count) > 0))
      throw new InvalidOptionsError(
        `${where}, line ${index + 1}: "count" must be a whole number, 1 or more, not ${JSON.stringify(count)}.`,
      );
    calls.push({ request: model === undefined ? asked : { ...asked, model }, count: Number(count ?? 1) });
    names.push(`line ${index + 1}`);
  }
  if (calls.length === 0)
    throw new InvalidOptionsError(`${where} is empty, but must hold the body of a call on each line, as JSON.`);
  return { calls, names };
}
