import type { ReadRequest } from "./read-request.js";

/** Texts of the request that count as its prompt: what people wrote, without the JSON around it. */
export function* promptTexts(request: ReadRequest): Generator<string> {
  for (const message of request.messages) {
    yield* contentTexts(message.content, 0);
    if (message.tool_calls !== undefined) yield jsonText(message.tool_calls);
  }
  yield* request.texts;
  if (request.endpoint === "image" && typeof request.body.prompt === "string") yield request.body.prompt;
}

/** The same without a copy: of a tool's call only the arguments, as they were written. */
export function* writtenTexts(request: ReadRequest): Generator<string> {
  for (const message of request.messages) {
    yield* contentTexts(message.content, 0);
    if (Array.isArray(message.tool_calls)) yield* argumentTexts(message.tool_calls);
  }
  yield* request.texts;
}

function* argumentTexts(calls: readonly unknown[]): Generator<string> {
  for (const call of calls) {
    const { arguments: text } = (call as { function?: { arguments?: unknown } | null } | null)?.function ?? {};
    if (typeof text === "string") yield text;
  }
}

/** What JSON can't say, or nests too deep to be written, is refused when the request is written. */
function jsonText(value: unknown): string {
  try {
    return JSON.stringify(value) ?? "";
  } catch {
    return "";
  }
}

function* contentTexts(content: unknown, depth: number): Generator<string> {
  if (typeof content === "string") yield content;
  if (!Array.isArray(content) || depth > 8) return;
  for (const part of content) {
    if (typeof part === "string") yield part;
    if (typeof part !== "object" || part === null) continue;
    const { text, content: inner } = part as { text?: unknown; content?: unknown };
    if (typeof text === "string") yield text;
    yield* contentTexts(inner, depth + 1);
  }
}
