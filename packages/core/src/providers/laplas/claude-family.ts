import type { ChatModel } from "../../catalog/model.js";
import { defineChatModels } from "./define-chat-models.js";
import { sampled } from "./price-sources.js";

const define = defineChatModels("claude", {
  tools: false,
  streaming: true,
  // At the top level of the body, not in a message: the dialect moves it there.
  systemRole: true,
  responseFormat: false,
  reasoning: false,
  thinkMarks: "none",
  outputLimitName: "max_tokens",
});
const contextTokens = 200_000;
const tools = true;

/**
 * Anthropic's chat family, as documented on 2025-04-16. All share the schema with `tools` and `thinking`; the list of
 * models with function calling names neither 3.5 Haiku nor 3.7 Sonnet, and of all these only 3.7 Sonnet can think.
 */
export const claudeFamily: readonly ChatModel[] = [
  define("Anthropic", "claude-3-haiku-20240307", {
    aliases: ["claude-3-haiku-latest", "anthropic/claude-3-haiku", "anthropic/claude-3-haiku-20240307"],
    label: "Claude 3 Haiku",
    contextTokens,
    tools,
    rates: sampled(0.25, 1.25),
    hello: [4, 32],
  }),
  define("Anthropic", "claude-3-5-haiku-20241022", {
    aliases: ["claude-3-5-haiku-latest", "anthropic/claude-3-5-haiku", "anthropic/claude-3-5-haiku-20241022"],
    label: "Claude 3.5 Haiku",
    contextTokens,
    // The sample is of claude-3-5-haiku-latest. The dated id was listed at 0.8 / 4, which doesn't give it.
    rates: sampled(1, 5),
    hello: [17, 221],
  }),
  define("Anthropic", "claude-3-opus-20240229", {
    aliases: ["claude-3-opus-latest", "anthropic/claude-3-opus", "anthropic/claude-3-opus-20240229"],
    label: "Claude 3 Opus",
    contextTokens,
    tools,
    rates: sampled(15, 75),
    hello: [252, 1890],
  }),
  define("Anthropic", "anthropic/claude-3-sonnet", {
    aliases: ["claude-3-sonnet-latest", "claude-3-sonnet-20240229", "anthropic/claude-3-sonnet-20240229"],
    label: "Claude 3 Sonnet",
    contextTokens,
    tools,
    rates: sampled(3, 15),
    hello: [50, 378],
  }),
  define("Anthropic", "claude-3-5-sonnet-20241022", {
    aliases: [
      "claude-3-5-sonnet-latest",
      "claude-3-5-sonnet-20240620",
      "anthropic/claude-3.5-sonnet",
      "anthropic/claude-3.5-sonnet-20240620",
      "anthropic/claude-3.5-sonnet-20241022",
    ],
    label: "Claude 3.5 Sonnet",
    contextTokens,
    tools,
    rates: sampled(3, 15),
    hello: [50, 378],
  }),
  define("Anthropic", "claude-3-7-sonnet-20250219", {
    aliases: ["claude-3-7-sonnet-latest", "anthropic/claude-3.7-sonnet"],
    label: "Claude 3.7 Sonnet",
    contextTokens,
    reasoning: true,
    rates: sampled(3, 15),
    hello: [50, 1323],
  }),
];
