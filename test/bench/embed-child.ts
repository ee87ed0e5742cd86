import { answerParent } from "./child.ts";
import { type LoadSettings, measureLoad } from "./measure-load.ts";
import { DIMENSIONS } from "./upstream-answers.ts";

export interface EmbedQuestion extends LoadSettings {
  readonly row: EmbedRowName;
  readonly baseURL: string;
  readonly texts: number;
  readonly batchSize: number;
}

type Embed = (texts: string[]) => Promise<number[][]>;

interface EmbedRow {
  readonly name: string;
  open(baseURL: string, batchSize: number): Promise<Embed>;
}

const MODEL = "text-embedding-3-small";
const KEY = "bench";

export const EMBED_ROWS = {
  laplas: {
    name: "LaplasEmbeddings",
    async open(baseURL, batchSize) {
      const { LaplasEmbeddings } = await import("@laplas/langchain");
      const settings = { apiKey: KEY, baseURL, tier: "paid", ledger: "memory" } as const;
      const embeddings = new LaplasEmbeddings({ model: MODEL, batchSize, ...settings });
      return (texts) => embeddings.embedDocuments(texts);
    },
  },
  "openai-embeddings": {
    name: "OpenAIEmbeddings",
    async open(baseURL, batchSize) {
      const { OpenAIEmbeddings } = await import("@langchain/openai");
      const embeddings = new OpenAIEmbeddings({
        model: MODEL,
        batchSize,
        maxConcurrency: 1,
        apiKey: KEY,
        configuration: { baseURL },
      });
      return (texts) => embeddings.embedDocuments(texts);
    },
  },
  "openai-sdk": {
    name: "openai SDK",
    async open(baseURL, batchSize) {
      const { OpenAI } = await import("openai");
      const client = new OpenAI({ baseURL, apiKey: KEY });
      return async (texts) => {
        const vectors: number[][] = [];
        for (let first = 0; first < texts.length; first += batchSize) {
          const input = texts.slice(first, first + batchSize);
          const { data } = await client.embeddings.create({ model: MODEL, input });
          for (const { embedding } of data) vectors.push(embedding);
        }
        return vectors;
      };
    },
  },
} as const satisfies Record<string, EmbedRow>;

export type EmbedRowName = keyof typeof EMBED_ROWS;

let embed: Embed | undefined;

// The parent imports the rows' names: only a child has someone to answer.
if (process.send !== undefined) {
  answerParent(async ({ row, baseURL, texts: count, batchSize, ...load }: EmbedQuestion) => {
    const ready = embed ?? (await EMBED_ROWS[row].open(baseURL, batchSize));
    embed = ready;
    const texts = Array.from({ length: count }, (_, index) => `Text number ${index} of the collection.`);
    return measureLoad(async () => {
      const vectors = await ready(texts);
      if (vectors.length !== count || vectors[0]?.length !== DIMENSIONS) throw new Error("Vectors are missing.");
    }, load);
  });
}
