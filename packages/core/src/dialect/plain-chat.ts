import type { Dialect } from "../catalog/model.js";
import type { ChatMessage, JsonObject } from "../request/wire-types.js";
import { adjust, type ChatDraft } from "./chat-draft.js";
import { type ChatDialect, chunkByChunk } from "./dialect.js";
import { adaptedFrom, draftChat } from "./draft-chat.js";
import { placeLateInstructions } from "./late-instructions.js";
import {
  type ContentShape,
  conformContent,
  GEMINI_CONTENT,
  MINIMAX_CONTENT,
  PLAIN_CONTENT,
} from "./message-content.js";
import { PLAIN_KEYS } from "./message-keys.js";

/** Llama, Qwen2 and QwQ, Mistral-7B, Mixtral, gemma-2 and others. Their streams can be asked for usage. */
export const togetherChat: ChatDialect = plainChat("together", PLAIN_CONTENT, true);

/** MiniMax-Text-01 and abab6.5s-chat. */
export const minimaxChat: ChatDialect = plainChat("minimax", MINIMAX_CONTENT, false);

/** All gemini models. */
export const geminiChat: ChatDialect = plainChat("gemini", GEMINI_CONTENT, false);

/** OpenAI's shape without the developer role and `max_completion_tokens`, with a description on every tool. */
function plainChat(
  family: Exclude<Dialect, "openai" | "claude">,
  content: ContentShape,
  hasStreamOptions: boolean,
): ChatDialect {
  const readStream = chunkByChunk((chunk) => chunk);
  return {
    adaptRequest(input) {
      const { limits } = input;
      const draft = draftChat(input, family, PLAIN_KEYS);
      const messages = placeLateInstructions(conformContent(toSystem(draft), content, draft), draft);
      const body: JsonObject = { ...draft.fields, messages };
      if (limits.maxOutputTokens !== undefined) body.max_tokens = limits.maxOutputTokens;
      if (draft.stream) body.stream = true;
      if (draft.stream && hasStreamOptions) body.stream_options = { include_usage: true };
      return adaptedFrom(draft, body);
    },
    readAnswer: (answer) => answer,
    readStream,
  };
}

/** The developer role is newer than these shapes, and means the same. */
function toSystem(draft: ChatDraft): readonly ChatMessage[] {
  const { messages } = draft;
  if (!messages.some(({ role }) => role === "developer")) return messages;
  adjust(draft, "messages", "developer_as_system");
  return messages.map((message) => (message.role === "developer" ? { ...message, role: "system" } : message));
}
