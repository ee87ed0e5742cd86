import { InvalidOptionsError, isLaplasError, type PlannedCall } from "@laplas/core";
import { parseLine } from "./read-request-file.js";

/** A job, and how its parts are called where it came from. */
export interface Job {
  readonly calls: readonly PlannedCall[];
  readonly names: readonly string[];
}

/**
 * One call a line: its body, `{"request", "count"}`, or a line of OpenAI's batch format, whose body is `body`.
 *
 * @param onFault hears what is wrong with a line, which is then left out; without it, the first such line throws
 * @throws InvalidOptionsError
 */
export function linesJob(
  jsonl: string,
  where: string,
  model: string | undefined,
  onFault: (error: Error) => void = rethrow,
): Job {
  const calls: PlannedCall[] = [];
  const names: string[] = [];
  let isEmpty = true;
  for (const [index, line] of jsonl.split("\n").entries()) {
    if (line.trim() === "") continue;
    isEmpty = false;
    try {
      calls.push(callOf(line, where, index + 1, model));
      names.push(`line ${index + 1}`);
    } catch (error) {
      if (!isLaplasError(error)) throw error;
      onFault(error);
    }
  }
  if (isEmpty)
    throw new InvalidOptionsError(`${where} is empty, but must hold the body of a call on each line, as JSON.`);
  return { calls, names };
}

function rethrow(error: Error): never {
  throw error;
}

/** @throws InvalidOptionsError */
function callOf(line: string, where: string, number: number, model: string | undefined): PlannedCall {
  const { request, body, count, ...fields } = parseLine(line, where, number);
  const asked = (request ?? body ?? fields) as PlannedCall["request"];
  if (count !== undefined && !(Number.isSafeInteger(count) && Number(count) > 0)) {
    throw new InvalidOptionsError(
      `${where}, line ${number}: "count" must be a whole number, 1 or more, not ${JSON.stringify(count)}.`,
    );
  }
  return { request: model === undefined ? asked : { ...asked, model }, count: Number(count ?? 1) };
}
