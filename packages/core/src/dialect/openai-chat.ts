import type { Adjustment } from "../request/adjustment.js";
import type { JsonObject } from "../request/wire-types.js";
import type { ChatDialect } from "./dialect.js";
import { foldSystem, keepKnownKeys } from "./openai-messages.js";
import { withoutNulls } from "./root-fields.js";

/** OpenAI's own shape, which most models take. Only what the server is known to refuse is changed. */
export const openaiChat: ChatDialect = {
  adaptRequest({ request, model, limits, stream }) {
    const adjustments: Adjustment[] = [];
    const { max_tokens: _, max_completion_tokens: __, stream: ___, stream_options: ____, ...rest } = request.body;
    const known = keepKnownKeys(request.messages, request.model, adjustments);
    const messages = model?.capabilities.systemRole === false ? foldSystem(known, adjustments) : known;
    const body: JsonObject = { ...withoutNulls(rest), messages };
    if (limits.maxOutputTokens !== undefined) {
      body[model?.capabilities.outputLimitName ?? request.outputLimitField] = limits.maxOutputTokens;
    }
    if (stream) {
      body.stream = true;
      body.stream_options = { ...optionsOf(request.body.stream_options), include_usage: true };
    }
    return { body, adjustments };
  },
  readAnswer: (answer) => answer,
  readChunk: (chunk) => chunk,
};

function optionsOf(value: unknown): JsonObject {
  return typeof value === "object" && value !== null ? (value as JsonObject) : {};
}
