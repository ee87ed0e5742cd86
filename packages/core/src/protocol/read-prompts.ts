import { FatalUpstreamError } from "../errors/upstream-errors.js";
import type { JsonObject } from "../request/wire-types.js";

/** Each prompt is a request of its own: a slip of the finger must not make a million of them. */
const MOST_PROMPTS = 100;

/** What completions have and chats do not, with the values that ask for nothing. */
const WITHOUT_EFFECT: Readonly<Record<string, (value: unknown, fields: JsonObject) => boolean>> = {
  echo: (value) => value === false,
  // "The best of as many as you want" is all of them.
  best_of: (value, { n }) => value === 1 || value === n,
  suffix: (value) => value === "",
  // A 0 asks for the probabilities of the answer's own tokens.
  logprobs: (value) => value === false,
};

const INSTEAD: Readonly<Record<string, string>> = {
  echo: "A chat model's answer does not begin with its prompt: put the two together in the client, and send false.",
  best_of: "Nobody here ranks answers: send 1, and n for several.",
  suffix: "A chat model does not fill in before a suffix: say in the prompt what comes after, and send none.",
  logprobs: "A chat's probabilities come in another shape: ask for them at /chat/completions.",
};

/** Fields of chats alone: their answer would not fit into a text. */
const CHAT_ONLY = ["messages", "tools", "functions"] as const;

/**
 * The chats that a body of legacy completions comes to, one for each prompt.
 *
 * @throws FatalUpstreamError `invalid_request` naming the field
 */
export function readPrompts(body: unknown): readonly unknown[] {
  // What is no object is refused like any other.
  if (typeof body !== "object" || body === null || Array.isArray(body)) return [body];
  const fields = body as JsonObject;
  const { prompt, ...chat } = fields;
  for (const field of CHAT_ONLY) {
    if (isSet(fields[field])) {
      throw invalid(`"${field}" is for chats, and this path takes a prompt. Ask at /chat/completions.`, field);
    }
  }
  for (const [field, isWithoutEffect] of Object.entries(WITHOUT_EFFECT)) {
    const value = fields[field];
    if (isSet(value) && !isWithoutEffect(value, fields)) {
      throw invalid(`"${field}" has a value that chat models can't serve. ${INSTEAD[field]}`, field);
    }
    delete chat[field];
  }
  return promptsOf(prompt).map((content) => ({ ...chat, messages: [{ role: "user", content }] }));
}

function promptsOf(prompt: unknown): readonly string[] {
  const prompts: readonly unknown[] = Array.isArray(prompt) ? prompt : [prompt];
  if (prompts.length === 0) throw invalid('"prompt" is an empty list, but must hold at least one text.', "prompt");
  if (prompts.length > MOST_PROMPTS) {
    const message = `"prompt" holds ${prompts.length} prompts, but one call takes ${MOST_PROMPTS} at most: each is a request of its own.`;
    throw invalid(message, "prompt");
  }
  return prompts.map((text, index) => {
    if (typeof text === "string" && text.trim() !== "") return text;
    const where = `"prompt"${Array.isArray(prompt) ? `[${index}]` : ""}`;
    throw invalid(`${where} is ${describe(text)}; it must be text.`, "prompt");
  });
}

function describe(value: unknown): string {
  if (typeof value === "number" || Array.isArray(value)) return "token ids, which no chat model takes";
  if (typeof value === "string") return "empty";
  return value === undefined ? "missing" : `of type ${value === null ? "null" : typeof value}`;
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function invalid(message: string, param: string): FatalUpstreamError {
  return new FatalUpstreamError("invalid_request", message, { param });
}
