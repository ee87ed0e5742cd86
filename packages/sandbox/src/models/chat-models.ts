import type { ChatRow } from "./chat-rows.js";
import { claudeModels } from "./claude-models.js";
import { geminiModels } from "./gemini-models.js";
import { minimaxModels } from "./minimax-models.js";
import type { ChatFamilyName, ChatModel } from "./model.js";
import { openaiLikeModels } from "./openai-like-models.js";
import { reasoningStyleOf } from "./reasoning-style.js";
import { togetherLikeModels } from "./together-like-models.js";

function chatModels(family: ChatFamilyName, rows: readonly ChatRow[]): ChatModel[] {
  return rows.map(([id, name, vendor, contextTokens, inputRate, outputRate, rateSource]) => ({
    kind: "chat",
    id,
    name,
    vendor,
    family,
    contextTokens,
    inputRate,
    outputRate,
    rateSource,
    reasoning: reasoningStyleOf(id),
  }));
}

/** The 120 chat models of the documentation of April 2025. */
export const allChatModels: readonly ChatModel[] = [
  ...chatModels("openai-like", openaiLikeModels),
  ...chatModels("together-like", togetherLikeModels),
  ...chatModels("minimax", minimaxModels),
  ...chatModels("gemini", geminiModels),
  ...chatModels("claude", claudeModels),
];
