import type { ChatFamilyName } from "../models/model.js";
import { claude } from "./claude.js";
import type { ChatFamily } from "./family.js";
import { gemini } from "./gemini.js";
import { minimax } from "./minimax.js";
import { openaiLike } from "./openai-like.js";
import { togetherLike } from "./together-like.js";

export const families: Record<ChatFamilyName, ChatFamily> = {
  "openai-like": openaiLike,
  "together-like": togetherLike,
  minimax,
  gemini,
  claude,
};
