import type { ChatModel } from "../../catalog/model.js";
import { claudeFamily } from "./claude-family.js";
import { geminiFamily } from "./gemini-family.js";
import { minimaxFamily } from "./minimax-family.js";
import { openaiFamily } from "./openai-family.js";
import { togetherFamily } from "./together-family.js";

/** Every built-in chat model, a file per request family. Where models share a label, the first one answers to it. */
export const chatModels: readonly ChatModel[] = [
  ...openaiFamily,
  ...togetherFamily,
  ...minimaxFamily,
  ...geminiFamily,
  ...claudeFamily,
];
