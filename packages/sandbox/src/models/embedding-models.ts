import type { EmbeddingModel, EmbeddingShapeName, RateSource } from "./model.js";

type Row = readonly [
  id: string,
  name: string,
  vendor: string,
  context: number | null,
  shape: EmbeddingShapeName,
  dimensions: number,
  rate: number,
  source: RateSource,
];

/* No usage of an embedding was published. */
// biome-ignore format: a table
const rows: readonly Row[] = [
  ["voyage-2", "voyage-2", "Anthropic", 4000, "voyage", 1024, 0.21, "list"],
  ["voyage-code-2", "voyage-code-2", "Anthropic", 16000, "voyage", 1536, 0.252, "list"],
  ["voyage-finance-2", "voyage-finance-2", "Anthropic", 32000, "voyage", 1024, 0.252, "list"],
  ["voyage-large-2", "voyage-large-2", "Anthropic", 16000, "voyage", 1536, 0.252, "list"],
  ["voyage-large-2-instruct", "voyage-large-2-instruct", "Anthropic", 16000, "voyage", 1024, 0.252, "sibling"],
  ["voyage-law-2", "voyage-law-2", "Anthropic", 16000, "voyage", 1024, 0.252, "list"],
  ["voyage-multilingual-2", "voyage-multilingual-2", "Anthropic", 32000, "voyage", 1024, 0.252, "sibling"],
  ["BAAI/bge-base-en-v1.5", "bge-base-en", "BAAI", null, "single-string", 768, 0.021, "assumed"],
  ["BAAI/bge-large-en-v1.5", "bge-large-en", "BAAI", null, "single-string", 1024, 0.021, "assumed"],
  ["textembedding-gecko-multilingual@001", "textembedding-gecko", "Google", 2000, "google", 768, 0.21, "list"],
  ["textembedding-gecko@001", "textembedding-gecko", "Google", 3000, "google", 768, 0.21, "list"],
  ["textembedding-gecko@003", "textembedding-gecko", "Google", 2000, "google", 768, 0.21, "list"],
  ["text-multilingual-embedding-002", "text-multilingual-embedding-002", "Google", 2000, "google", 768, 0.21, "list"],
  ["text-embedding-3-large", "text-embedding-3-large", "OpenAI", 8000, "openai", 3072, 0.273, "list"],
  ["text-embedding-3-small", "text-embedding-3-small", "OpenAI", 8000, "openai", 1536, 0.042, "list"],
  ["text-embedding-ada-002", "text-embedding-ada-002", "OpenAI", 8000, "openai", 1536, 0.21, "list"],
  ["togethercomputer/m2-bert-80M-2k-retrieval", "m2-bert-80M-retrieval", "Together AI", null, "single-string", 768, 0.021, "assumed"],
  ["togethercomputer/m2-bert-80M-32k-retrieval", "m2-bert-80M-retrieval", "Together AI", 32000, "single-string", 768, 0.021, "assumed"],
  ["togethercomputer/m2-bert-80M-8k-retrieval", "m2-bert-80M-retrieval", "Together AI", 8000, "single-string", 768, 0.021, "assumed"],
];

/** The embedding models the sandbox serves. */
export const allEmbeddingModels: readonly EmbeddingModel[] = rows.map(
  ([id, name, vendor, contextTokens, shape, dimensions, rate, rateSource]) => ({
    kind: "embedding",
    id,
    name,
    vendor,
    contextTokens,
    shape,
    dimensions,
    rate,
    rateSource,
  }),
);
