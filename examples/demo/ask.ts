import { styleText } from "node:util";
import { MemoryVectorStore } from "@langchain/classic/vectorstores/memory";
import type { Document } from "@langchain/core/documents";
import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { MarkdownTextSplitter } from "@langchain/textsplitters";
import { ChatLaplas, LaplasEmbeddings } from "@laplas/langchain";
import { paragraph, question, wrapped } from "./screen.ts";
import type { Settings } from "./world.ts";

/** Enough for a project's documentation; a bound for a folder that holds a library. */
const MOST_PIECES = 700;
const PIECES_PER_QUESTION = 6;

/** The texts of a folder, ready to be asked. */
export interface Index {
  readonly store: MemoryVectorStore;
  readonly pieces: number;
  /** Pieces that were left out. */
  readonly left: number;
}

/** Splits documents, embeds the pieces and keeps them in a vector store. */
export async function buildIndex(
  documents: Document[],
  { engine }: Settings,
  onProgress: (done: number, total: number) => void,
): Promise<Index> {
  const splitter = new MarkdownTextSplitter({ chunkSize: 450, chunkOverlap: 60 });
  const pieces = await splitter.splitDocuments(documents);
  const taken = pieces.slice(0, MOST_PIECES);
  const embeddings = new LaplasEmbeddings({ model: "text-embedding-3-small", engine, batchSize: 20, onProgress });
  const store = await MemoryVectorStore.fromDocuments(taken, embeddings);
  return { store, pieces: taken.length, left: pieces.length - taken.length };
}

const prompt = ChatPromptTemplate.fromMessages([
  [
    "system",
    "Answer from the context, in two or three sentences. Say so if it does not hold the answer.\n\n<context>\n{context}\n</context>",
  ],
  ["user", "{question}"],
]);

/** Finds the pieces nearest to a question and streams an answer made from them, with its sources. */
export async function answerQuestion(text: string, { store }: Index, { engine }: Settings): Promise<void> {
  const found = await store.similaritySearch(text, PIECES_PER_QUESTION);
  const model = new ChatLaplas({ model: "gpt-4o-mini", temperature: 0, maxTokens: 200, engine });
  const chain = prompt.pipe(model).pipe(new StringOutputParser());
  const context = found.map(({ pageContent }) => pageContent).join("\n\n");

  question(text);
  const line = wrapped("    ");
  for await (const part of await chain.stream({ context, question: text })) line.write(part);
  line.end();
  const sources = [...new Set(found.map(({ metadata }) => String(metadata.source)))];
  paragraph(styleText("dim", `from ${sources.join(", ")}`));
}
