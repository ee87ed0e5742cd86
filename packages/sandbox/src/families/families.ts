import type { ChatFamilyName } from "../models/model.js";
import type { ChatFamily } from "./family.js";
import { openaiLike } from "./openai-like.js";

export const families: Record<ChatFamilyName, ChatFamily> = { "openai-like": openaiLike };
