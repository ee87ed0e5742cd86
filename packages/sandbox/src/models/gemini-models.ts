import type { ChatRow } from "./chat-rows.js";

/** Google's Gemini models, with ids and context sizes of the documentation of April 2025. */
// biome-ignore format: a table
export const geminiModels: readonly ChatRow[] = [
  ["google/gemini-pro", "gemini-pro", "Google", 32000, 0.735, 2.205, "list"],
  ["gemini-pro", "gemini-pro", "Google", 32000, 0.735, 2.205, "list"],
  ["gemini-1.5-flash", "gemini-1.5-flash", "Google", 1000000, 0.1575, 0.63, "list"],
  ["gemini-1.5-pro", "gemini-1.5-pro", "Google", 1000000, 2.625, 10.5, "near"],
  ["google/gemini-2.0-flash-exp", "gemini-2.0-flash-exp", "Google", 1000000, 2.625, 10.5, "near"],
  ["gemini-2.0-flash-exp", "gemini-2.0-flash-exp", "Google", 1000000, 2.625, 10.5, "near"],
  ["google/gemini-2.0-flash-thinking-exp-01-21", "gemini-2.0-flash-thinking-exp-01-21", "Google", 1000000, 0.21, 0.84, "sample"],
  ["gemini-2.0-flash-thinking-exp-01-21", "gemini-2.0-flash-thinking-exp-01-21", "Google", 1000000, 0.21, 0.84, "sample"],
  ["google/gemini-2.0-flash", "gemini-2.0-flash", "Google", 1000000, 0.21, 0.84, "list"],
  ["gemini-2.0-flash", "gemini-2.0-flash", "Google", 1000000, 0.21, 0.84, "list"],
  ["google/gemini-2.5-pro-exp-03-25", "gemini-2.5-pro-exp", "Google", 1000000, 0, 0, "sample"],
  ["gemini-2.5-pro-exp-03-25", "gemini-2.5-pro-exp", "Google", 1000000, 0, 0, "sample"],
  ["google/gemini-2.5-pro-preview", "gemini-2.5-pro-preview", "Google", 1000000, 2.625, 21, "list"],
];
