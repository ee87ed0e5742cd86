import type { InputOutput, Modality } from "../catalog/model.js";
import type { ReadRequest } from "../request/read-request.js";
import type { JsonObject } from "../request/wire-types.js";

/** The call that models are compared by, and of which the cost is published of many. */
const SAMPLE_TEXT = "Hello";

/** Model tokens of the sample call: 8 in and about 10 out (exact for gpt-4, whose sample costs 504 at 63, and 1260 at 126). */
export const SAMPLE_TOKENS: InputOutput = { input: 8, output: 10 };

/** The body of a model's sample call. */
export function sampleBody(model: string, modality: Modality): JsonObject {
  switch (modality) {
    case "chat":
      return { model, messages: [{ role: "user", content: SAMPLE_TEXT }] };
    case "embedding":
      return { model, input: SAMPLE_TEXT };
    case "image":
      return { model, prompt: SAMPLE_TEXT };
  }
}

/** Whether a chat asks exactly what the sample call does. */
export function isSampleChat({ endpoint, messages, body }: ReadRequest): boolean {
  const [message] = messages;
  if (endpoint !== "chat" || messages.length !== 1 || message?.role !== "user") return false;
  const { content } = message;
  return content === SAMPLE_TEXT && (body.n ?? 1) === 1 && !ADDING.some((field) => field in body);
}

/** Fields that the model reads as well, or that make it think. */
const ADDING = ["tools", "functions", "response_format", "thinking", "reasoning_effort"];
