import type { Adjustment } from "../request/adjustment.js";
import type { JsonObject } from "../request/wire-types.js";
import type { ChatDialect } from "./dialect.js";
import { foldSystem, keepKnownKeys } from "./openai-messages.js";

/** OpenAI's own shape, which most models take. Only what the server is known to refuse is changed. */
export const openaiChat: ChatDialect = {
  adaptRequest(request, model, limits) {
    const adjustments: Adjustment[] = [];
    const { max_tokens: _, max_completion_tokens: __, stream: ___, stream_options: ____, ...rest } = request.body;
    const known = keepKnownKeys(request.messages, request.model, adjustments);
    const messages = model?.capabilities.systemRole === false ? foldSystem(known, adjustments) : known;
    const stream = request.stream && model?.capabilities.streaming !== false;
    if (request.stream && !stream) adjustments.push({ field: "stream", to: "stream=one_chunk", rule: "dialect" });
    const body: JsonObject = { ...withoutNulls(rest), messages };
    if (limits.maxOutputTokens !== undefined) {
      body[model?.capabilities.outputLimitName ?? request.outputLimitField] = limits.maxOutputTokens;
    }
    if (stream) {
      body.stream = true;
      body.stream_options = { ...optionsOf(request.body.stream_options), include_usage: true };
    }
    return { body, stream, adjustments };
  },
  readAnswer: (answer) => answer,
  readChunk: (chunk) => chunk,
};

/** SDKs write `null` for "not set"; the server's schemas know the absent field only. */
function withoutNulls(fields: Readonly<JsonObject>): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null && value !== undefined));
}

function optionsOf(value: unknown): JsonObject {
  return typeof value === "object" && value !== null ? (value as JsonObject) : {};
}
