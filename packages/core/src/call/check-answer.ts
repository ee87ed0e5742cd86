import { FatalUpstreamError } from "../errors/upstream-errors.js";
import type { ChatCompletion, ChatCompletionChunk } from "../request/wire-types.js";

/**
 * A whole answer, of which everything that doors read has its documented shape. What they don't read is not looked at.
 *
 * @throws FatalUpstreamError `unexpected_response` naming the place
 */
export function checkAnswer(answer: ChatCompletion): ChatCompletion {
  const { choices } = answer as { choices: unknown };
  if (!Array.isArray(choices)) throw unexpected("choices", choices, "a list");
  if (choices.length === 0)
    throw new FatalUpstreamError("unexpected_response", "The upstream's answer has no choices.");
  for (const [index, choice] of choices.entries()) {
    const at = `choices[${index}]`;
    const { message } = object(choice, at);
    const said = object(message, `${at}.message`);
    checkTexts(said, `${at}.message`);
    for (const [call, where] of callsOf(said, `${at}.message`)) {
      // Kinds of calls beside functions have shapes of their own.
      if (call.type !== undefined && call.type !== null && call.type !== "function") continue;
      const called = object(call.function, `${where}.function`);
      if (typeof called.name !== "string") throw unexpected(`${where}.function.name`, called.name, "a text");
      checkText(called, "arguments", `${where}.function`);
    }
  }
  return answer;
}

/**
 * One event of a stream, in the same way. One without choices says nothing (usage, a sign of life) and gets an empty list.
 *
 * @throws FatalUpstreamError `unexpected_response` naming the place
 */
export function checkChunk(chunk: ChatCompletionChunk): ChatCompletionChunk {
  const { choices } = chunk as { choices: unknown };
  if (choices === undefined || choices === null) return { ...chunk, choices: [] };
  if (!Array.isArray(choices)) throw unexpected("choices", choices, "a list");
  for (const [index, choice] of choices.entries()) {
    const at = `choices[${index}]`;
    const { delta } = object(choice, at);
    if (delta === undefined || delta === null) continue;
    const said = object(delta, `${at}.delta`);
    checkTexts(said, `${at}.delta`);
    for (const [call, where] of callsOf(said, `${at}.delta`)) {
      if (call.function === undefined || call.function === null) continue;
      const called = object(call.function, `${where}.function`);
      checkText(called, "name", `${where}.function`);
      checkText(called, "arguments", `${where}.function`);
    }
  }
  return chunk;
}

type Fields = Readonly<Record<string, unknown>>;

function checkTexts(said: Fields, at: string): void {
  for (const name of ["content", "reasoning_content", "refusal"]) checkText(said, name, at);
}

function checkText(fields: Fields, name: string, at: string): void {
  const value = fields[name];
  if (value === undefined || value === null || typeof value === "string") return;
  throw unexpected(`${at}.${name}`, value, "a text");
}

function* callsOf({ tool_calls: calls }: Fields, at: string): Generator<readonly [call: Fields, where: string]> {
  if (calls === undefined || calls === null) return;
  if (!Array.isArray(calls)) throw unexpected(`${at}.tool_calls`, calls, "a list");
  for (const [index, value] of calls.entries()) {
    const where = `${at}.tool_calls[${index}]`;
    const call = object(value, where);
    checkText(call, "id", where);
    yield [call, where];
  }
}

function object(value: unknown, at: string): Fields {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Fields;
  throw unexpected(at, value, "an object");
}

const KINDS: Readonly<Record<string, string>> = { undefined: "missing", object: "an object", string: "a text" };

/** Kinds only: a value may hold what the model said. */
function unexpected(at: string, value: unknown, wanted: string): FatalUpstreamError {
  const kind = value === null ? "null" : Array.isArray(value) ? "a list" : (KINDS[typeof value] ?? `a ${typeof value}`);
  return new FatalUpstreamError(
    "unexpected_response",
    `The upstream's answer can't be read: ${at} is ${kind}, but must be ${wanted}.`,
  );
}
