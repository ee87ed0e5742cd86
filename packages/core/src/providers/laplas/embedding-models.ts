import type { EmbeddingModel, EmbeddingShape, ModelRates } from "../../catalog/model.js";
import type { EmbeddingModelId } from "./model-id.js";
import { listed } from "./price-sources.js";

// The four request shapes published on 2025-04-16. All have strict roots: a key not listed, `user` included, is a 400.
const openai: EmbeddingShape = {
  input: "strings",
  base64: true,
  tokens: "cl100k_base",
  parameters: ["encoding_format", "dimensions"],
};
const voyage: EmbeddingShape = {
  input: "strings",
  // Sic: the published schema bounds a text inside a list more tightly than one sent alone.
  maxCharacters: 8000,
  maxItemCharacters: 800,
  base64: false,
  parameters: ["input_type", "encoding_format"],
};
const google: EmbeddingShape = {
  input: "strings",
  base64: false,
  parameters: ["dimensions", "auto_truncate", "task_type", "title"],
};
const single: EmbeddingShape = {
  input: "string",
  maxCharacters: 3000,
  base64: false,
  parameters: ["encoding_format"],
};

function define(
  vendor: string,
  id: EmbeddingModelId,
  embedding: EmbeddingShape,
  line: { readonly label?: string; readonly contextTokens?: number; readonly rates?: ModelRates } = {},
): EmbeddingModel {
  return { id, aliases: [], label: id, vendor, modality: "embedding", embedding, ...line };
}

const gecko = "textembedding-gecko";
const m2Bert = "m2-bert-80M-retrieval";

/** Every built-in embedding model. No usage of one was published, so prices are list prices, in USD per million tokens. */
export const embeddingModels: readonly EmbeddingModel[] = [
  define(
    "OpenAI",
    "text-embedding-3-small",
    { ...openai, dimensions: 1536 },
    { contextTokens: 8000, rates: listed(0.02) },
  ),
  define(
    "OpenAI",
    "text-embedding-3-large",
    { ...openai, dimensions: 3072 },
    { contextTokens: 8000, rates: listed(0.13) },
  ),
  define("OpenAI", "text-embedding-ada-002", openai, { contextTokens: 8000, rates: listed(0.1) }),

  define("Anthropic", "voyage-2", voyage, { contextTokens: 4000, rates: listed(0.1) }),
  define("Anthropic", "voyage-code-2", voyage, { contextTokens: 16_000, rates: listed(0.12) }),
  define("Anthropic", "voyage-finance-2", voyage, { contextTokens: 32_000, rates: listed(0.12) }),
  define("Anthropic", "voyage-large-2", voyage, { contextTokens: 16_000, rates: listed(0.12) }),
  define("Anthropic", "voyage-large-2-instruct", voyage, { contextTokens: 16_000 }),
  define("Anthropic", "voyage-law-2", voyage, { contextTokens: 16_000, rates: listed(0.12) }),
  define("Anthropic", "voyage-multilingual-2", voyage, { contextTokens: 32_000 }),

  define("Google", "textembedding-gecko-multilingual@001", google, {
    label: gecko,
    contextTokens: 2000,
    rates: listed(0.1),
  }),
  define("Google", "textembedding-gecko@001", google, { label: gecko, contextTokens: 3000, rates: listed(0.1) }),
  define("Google", "textembedding-gecko@003", google, { label: gecko, contextTokens: 2000, rates: listed(0.1) }),
  define("Google", "text-multilingual-embedding-002", google, { contextTokens: 2000, rates: listed(0.1) }),

  define("BAAI", "BAAI/bge-base-en-v1.5", single, { label: "bge-base-en" }),
  define("BAAI", "BAAI/bge-large-en-v1.5", single, { label: "bge-large-en" }),

  define("Together AI", "togethercomputer/m2-bert-80M-2k-retrieval", single, { label: m2Bert }),
  define("Together AI", "togethercomputer/m2-bert-80M-8k-retrieval", single, { label: m2Bert, contextTokens: 8000 }),
  define("Together AI", "togethercomputer/m2-bert-80M-32k-retrieval", single, { label: m2Bert, contextTokens: 32_000 }),
];
