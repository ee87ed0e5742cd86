import { allChatModels } from "./chat-models.js";
import { allEmbeddingModels } from "./embedding-models.js";
import type { ChatModel, EmbeddingModel, Model } from "./model.js";

const chatById = new Map(allChatModels.map((model) => [model.id, model]));
const embeddingById = new Map(allEmbeddingModels.map((model) => [model.id, model]));

export function findChatModel(id: string): ChatModel | undefined {
  return chatById.get(id);
}

export function findEmbeddingModel(id: string): EmbeddingModel | undefined {
  return embeddingById.get(id);
}

const types = { chat: "chat-completion", embedding: "embedding" } as const;
const endpoints = { chat: "/v1/chat/completions", embedding: "/v1/embeddings" } as const;

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
  data: [...allChatModels, ...allEmbeddingModels].map(describe),
});
