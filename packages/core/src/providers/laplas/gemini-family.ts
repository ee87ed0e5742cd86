import type { ChatModel } from "../../catalog/model.js";
import { defineChatModels } from "./define-chat-models.js";
import { free, listed, nearest, sampled } from "./price-sources.js";

const define = defineChatModels("gemini", {
  tools: false,
  streaming: true,
  systemRole: true,
  responseFormat: false,
  reasoning: false,
  thinkMarks: "none",
  outputLimitName: "max_tokens",
});
// Most models go by an id with the vendor's name and one without. The primary is the one that the page puts first.
const contextTokens = 1_000_000;
const tools = true;
const thinks = { reasoning: true } as const;

/**
 * Google's Gemini chat family, as documented on 2025-04-16. Most samples are too small to infer a price from: "Hello" is
 * one or two tokens here.
 */
export const geminiFamily: readonly ChatModel[] = [
  define("Google", "google/gemini-pro", {
    aliases: ["gemini-pro"],
    contextTokens: 32_000,
    rates: listed(0.35, 1.05),
    hello: [0, 9],
  }),
  define("Google", "gemini-1.5-flash", { contextTokens, tools, rates: listed(0.075, 0.3), hello: [0, 4] }),
  // Listed at 3.5 / 10.5, where one token in costs 7 already.
  define("Google", "gemini-1.5-pro", { contextTokens, tools, rates: nearest(1.25, 5), hello: [5, 173] }),
  // Listed as free, but its sample is that of gemini-1.5-pro to the last token.
  define("Google", "google/gemini-2.0-flash-exp", {
    aliases: ["gemini-2.0-flash-exp"],
    contextTokens,
    tools,
    rates: nearest(1.25, 5),
    hello: [5, 173],
  }),
  // Listed as free, which its sample is not; gemini-2.0-flash's price gives it.
  define("Google", "google/gemini-2.0-flash-thinking-exp-01-21", {
    aliases: ["gemini-2.0-flash-thinking-exp-01-21"],
    contextTokens,
    tools,
    ...thinks,
    rates: sampled(0.1, 0.4),
    hello: [0, 10],
  }),
  define("Google", "google/gemini-2.0-flash", {
    aliases: ["gemini-2.0-flash"],
    contextTokens,
    rates: listed(0.1, 0.4),
    hello: [0, 8],
  }),
  define("Google", "gemini-2.5-pro-exp-03-25", {
    aliases: ["google/gemini-2.5-pro-exp-03-25"],
    label: "gemini-2.5-pro-exp",
    contextTokens,
    tools,
    ...thinks,
    rates: free,
    hello: [0, 0],
  }),
  define("Google", "google/gemini-2.5-pro-preview", {
    contextTokens,
    tools,
    ...thinks,
    rates: listed(1.25, 10),
    hello: [3, 210],
  }),
];
