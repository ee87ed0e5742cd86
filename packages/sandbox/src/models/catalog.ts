import { allChatModels } from "./chat-models.js";
import { allEmbeddingModels } from "./embedding-models.js";
import { allImageModels } from "./image-models.js";
import type { ChatModel, EmbeddingModel, ImageModel, Model } from "./model.js";

const chatById = new Map(allChatModels.map((model) => [model.id, model]));
const embeddingById = new Map(allEmbeddingModels.map((model) => [model.id, model]));

const imageById = new Map(allImageModels.map((model) => [model.id, model]));

export function findChatModel(id: string): ChatModel | undefined {
  return chatById.get(id);
}

export function findEmbeddingModel(id: string): EmbeddingModel | undefined {
  return embeddingById.get(id);
}

export function findImageModel(id: string): ImageModel | undefined {
  return imageById.get(id);
}

const types = { chat: "chat-completion", embedding: "embedding", image: "image" } as const;
const endpoints = {
  chat: "/v1/chat/completions",
  embedding: "/v1/embeddings",
  image: "/v1/images/generations",
} as const;

function describe(model: Model): object {
  return {
    id: model.id,
    type: types[model.kind],
    info: {
      name: model.name,
      developer: model.vendor,
      ...(model.contextTokens === null ? {} : { contextLength: model.contextTokens }),
    },
    features: [],
    endpoints: [endpoints[model.kind]],
  };
}

/** The body of `GET /models` as published, which is not OpenAI's: no `created`, no `owned_by`. */
export const modelList: string = JSON.stringify({
  object: "list",
  data: [...allChatModels, ...allEmbeddingModels, ...allImageModels].map(describe),
});
