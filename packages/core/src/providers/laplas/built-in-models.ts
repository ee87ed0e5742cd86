import type { Model } from "../../catalog/model.js";
import { chatModels } from "./chat-models.js";
import { embeddingModels } from "./embedding-models.js";
import { imageModels } from "./image-models.js";

/**
 * The 103 chat, embedding and image models of the documentation's sidebar on 2025-04-16, under their 152 ids. A page
 * about several models (four sizes of gemma-3) has an entry for each, with the page's title as their common label.
 */
export const builtInModels: readonly Model[] = [...chatModels, ...embeddingModels, ...imageModels];
