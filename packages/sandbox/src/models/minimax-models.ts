import type { ChatRow } from "./chat-rows.js";

/** MiniMax's models, with ids and context sizes of the documentation of April 2025. */
// biome-ignore format: a table
export const minimaxModels: readonly ChatRow[] = [
  ["MiniMax-Text-01", "text-01", "MiniMax", 1000000, 0.42, 2.31, "sample"],
  ["abab6.5s-chat", "abab6.5s-chat", "MiniMax", 245000, 2.75, 0.4, "spread"],
];
