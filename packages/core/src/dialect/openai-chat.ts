import type { JsonObject } from "../request/wire-types.js";
import { type ChatDialect, chunkByChunk } from "./dialect.js";
import { adaptedFrom, draftChat } from "./draft-chat.js";
import { foldSystem } from "./fold-system.js";
import { placeLateInstructions } from "./late-instructions.js";
import { conformContent, OPENAI_CONTENT } from "./message-content.js";
import { OPENAI_KEYS } from "./message-keys.js";

/** OpenAI's own shape, which most models take. */
export const openaiChat: ChatDialect = {
  adaptRequest(input) {
    const { request, model, limits } = input;
    const draft = draftChat(input, "openai", OPENAI_KEYS);
    const conformed = model === undefined ? draft.messages : conformContent(draft.messages, OPENAI_CONTENT, draft);
    const messages =
      model?.capabilities.systemRole === false
        ? foldSystem(placeLateInstructions(conformed, draft), draft.adjustments)
        : conformed;
    const body: JsonObject = { ...draft.fields, messages };
    if (limits.maxOutputTokens !== undefined) {
      body[model?.capabilities.outputLimitName ?? request.outputLimitField] = limits.maxOutputTokens;
    }
    if (draft.stream) {
      body.stream = true;
      body.stream_options = { ...optionsOf(request.body.stream_options), include_usage: true };
    }
    return adaptedFrom(draft, body);
  },
  readAnswer: (answer) => answer,
  readStream: chunkByChunk((chunk) => chunk),
};

function optionsOf(value: unknown): JsonObject {
  return typeof value === "object" && value !== null ? (value as JsonObject) : {};
}
