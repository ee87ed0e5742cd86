import type { ReadRequest } from "./read-request.js";
import { offeredTexts } from "./tool-texts.js";

/** Texts of the request that count as its prompt: what people wrote, without the JSON around it. */
export function* promptTexts(request: ReadRequest): Generator<string> {
  for (const message of request.messages) {
    yield* contentTexts(message.content, 0);
    if (message.tool_calls !== undefined) yield jsonText(message.tool_calls);
    if ((message.function_call ?? undefined) !== undefined) yield jsonText(message.function_call);
  }
  yield* request.texts;
  if (request.endpoint === "image" && typeof request.body.prompt === "string") yield request.body.prompt;
}

/** Texts that the model surely reads, without a copy: those of the prompt, and of the tools and the schema that a chat offers. */
export function* writtenTexts(request: ReadRequest): Generator<string> {
  yield* conversationTexts(request);
  if (request.endpoint === "chat") yield* offeredTexts(request.body);
}

/** The prompt alone: of a tool's call its name and the arguments, as they were written. */
export function* conversationTexts(request: ReadRequest): Generator<string> {
  for (const message of request.messages) {
    yield* contentTexts(message.content, 0);
    if (Array.isArray(message.tool_calls)) for (const call of message.tool_calls) yield* callTexts(call?.function);
    // The same in OpenAI's words of 2023.
    yield* callTexts(message.function_call);
  }
  yield* request.texts;
}

function* callTexts(called: unknown): Generator<string> {
  const { name, arguments: text } = (called ?? {}) as { name?: unknown; arguments?: unknown };
  if (typeof name === "string") yield name;
  if (typeof text === "string") yield text;
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
