import type { ChatRequest } from "../chat/chat-request.js";
import type { ChatModel } from "../models/model.js";
import type { Refusal } from "../tier/refusal.js";

/** How models answer, whatever they were asked in. */
export interface ChatManner {
  /** Output cap of the server when the body names none. */
  defaultMaxTokens: number;
  /** The family's word for an answer that came to its end. */
  stopReason: "stop" | "end_turn";
  /** Whether an answer without tool calls has `tool_calls: []` instead of no such key: both are seen. */
  emptyToolCalls: boolean;
  /** Whether a last assistant message is continued right behind its end; elsewhere it is a turn like any other. */
  continuesPrefill: boolean;
}

/** How one family of chat models reads a body. A new family is one file like its siblings and a row in `families.ts`. */
export interface ChatFamily extends ChatManner {
  /** Checks the body as strictly as the documentation's schema and says what it asks for. */
  read(body: unknown, model: ChatModel): { request: ChatRequest } | { refusal: Refusal };
}
