import type { ChatModel } from "../../catalog/model.js";
import { defineChatModels } from "./define-chat-models.js";
import { sampled, spread } from "./price-sources.js";

const define = defineChatModels("minimax", {
  tools: true,
  streaming: true,
  systemRole: true,
  responseFormat: true,
  reasoning: false,
  thinkMarks: "none",
  outputLimitName: "max_tokens",
});

/**
 * MiniMax's chat family, as documented on 2025-04-16. Its own default for `max_tokens` is 256, the others' is 512. The
 * sample of text-01 is 743 tokens in at the public price: the server adds a prompt of its own.
 */
export const minimaxFamily: readonly ChatModel[] = [
  define("MiniMax", "MiniMax-Text-01", {
    label: "text-01",
    contextTokens: 1_000_000,
    rates: sampled(0.2, 1.1),
    hello: [312, 97],
  }),
  define("MiniMax", "abab6.5s-chat", { contextTokens: 245_000, rates: spread(22, 4), hello: [22, 4] }),
];
