import { defineChatModels } from "./define-chat-models.js";
import type { ChatModel } from "../../catalog/model.js";

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

/** Google's Gemini chat family, as documented on 2025-04-16. The samples are too small to infer a rate from. */
export const geminiFamily: readonly ChatModel[] = [
  define("Google", "google/gemini-pro", { aliases: ["gemini-pro"], contextTokens: 32_000, hello: [0, 9] }),
  define("Google", "gemini-1.5-flash", { contextTokens, tools, hello: [0, 4] }),
  define("Google", "gemini-1.5-pro", { contextTokens, tools, hello: [5, 173] }),
  define("Google", "google/gemini-2.0-flash-exp", {
    aliases: ["gemini-2.0-flash-exp"],
    contextTokens,
    tools,
    hello: [5, 173],
  }),
  define("Google", "google/gemini-2.0-flash-thinking-exp-01-21", {
    aliases: ["gemini-2.0-flash-thinking-exp-01-21"],
    contextTokens,
    tools,
    ...thinks,
    hello: [0, 10],
  }),
  define("Google", "google/gemini-2.0-flash", { aliases: ["gemini-2.0-flash"], contextTokens, hello: [0, 8] }),
  define("Google", "gemini-2.5-pro-exp-03-25", {
    aliases: ["google/gemini-2.5-pro-exp-03-25"],
    label: "gemini-2.5-pro-exp",
    contextTokens,
    tools,
    ...thinks,
    hello: [0, 0],
  }),
  define("Google", "google/gemini-2.5-pro-preview", { contextTokens, tools, ...thinks, hello: [3, 210] }),
];
