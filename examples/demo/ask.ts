import { MemoryVectorStore } from "@langchain/classic/vectorstores/memory";
import type { Document } from "@langchain/core/documents";
import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import type { Laplas } from "@laplas/core";
import { ChatLaplas, LaplasEmbeddings } from "@laplas/langchain";
import { CHAT, EMBEDDING, PIECES_PER_QUESTION } from "./models.ts";
import { aside, progressBar, question, streamed } from "./screen.ts";

/** Embeds pieces of text and keeps them in a vector store. */
export async function buildIndex(pieces: readonly Document[], engine: Laplas): Promise<MemoryVectorStore> {
  const bar = progressBar("pieces");
  const embeddings = new LaplasEmbeddings({ ...EMBEDDING, engine, onProgress: bar.update });
  const store = await MemoryVectorStore.fromDocuments([...pieces], embeddings);
  bar.end();
  return store;
}

const prompt = ChatPromptTemplate.fromMessages([
  [
    "system",
    "Answer from the context, in two or three sentences. Say so if it does not hold the answer.\n\n<context>\n{context}\n</context>",
  ],
  ["user", "{question}"],
]);

/** Finds the pieces nearest to a question and streams an answer made from them, with its sources. */
export async function answerQuestion(text: string, store: MemoryVectorStore, engine: Laplas): Promise<void> {
  const found = await store.similaritySearch(text, PIECES_PER_QUESTION);
  const model = new ChatLaplas({ ...CHAT, engine });
  const chain = prompt.pipe(model).pipe(new StringOutputParser());
  const context = found.map(({ pageContent }) => pageContent).join("\n\n");

  question(text);
  const line = streamed();
  for await (const part of await chain.stream({ context, question: text })) line.write(part);
  line.end();
  const sources = [...new Set(found.map(({ metadata }) => String(metadata.source)))];
  aside(`from ${sources.join(", ")}`);
}
