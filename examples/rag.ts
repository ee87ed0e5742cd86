/** Retrieval: texts are embedded into a LangChain vector store, and a question is answered from the nearest of them. */
import { MemoryVectorStore } from "@langchain/classic/vectorstores/memory";
import { Document } from "@langchain/core/documents";
import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { ChatLaplas, LaplasEmbeddings } from "@laplas/langchain";
import { connect } from "./upstream.ts";

await using upstream = await connect();
const embeddings = new LaplasEmbeddings({ model: "text-embedding-3-small", ...upstream.settings });
const model = new ChatLaplas({ model: "gpt-4o-mini", ...upstream.settings });

const texts = {
  "opening.txt":
    "The library opens at nine in the morning from Monday to Saturday. On Sundays the library is not open.",
  "lending.txt":
    "Books can be borrowed for four weeks. A loan can be extended twice, unless somebody else waits for the book.",
  "rooms.txt": "Three reading rooms on the first floor can be booked for groups of up to six people.",
};
const documents = Object.entries(texts).map(
  ([source, pageContent]) => new Document({ pageContent, metadata: { source } }),
);
const store = await MemoryVectorStore.fromDocuments(documents, embeddings);

const prompt = ChatPromptTemplate.fromMessages([
  ["system", "Answer from the context.\n\n<context>\n{context}\n</context>"],
  ["user", "{question}"],
]);
const chain = prompt.pipe(model).pipe(new StringOutputParser());

for (const question of ["How long can I borrow a book?", "Is the library open on Sundays?"]) {
  const [nearest] = await store.similaritySearch(question, 1);
  const answer = await chain.invoke({ context: nearest?.pageContent ?? "", question });
  console.log(`${question}\n  ${answer} (${nearest?.metadata.source})`);
}
