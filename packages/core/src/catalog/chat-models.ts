import type { ChatModel } from "./model.js";
import { openaiFamily } from "./openai-family.js";

/** Every built-in chat model, a file per request family. Where models share a label, the first one answers to it. */
export const chatModels: readonly ChatModel[] = [...openaiFamily];
