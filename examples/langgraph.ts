/** A graph of two nodes: one sorts a letter, the other answers it from the rules of the department it belongs to. */
import { END, START, StateGraph } from "@langchain/langgraph";
import { ChatLaplas } from "@laplas/langchain";
import { z } from "zod";
import { connect } from "./upstream.ts";

await using upstream = await connect();
const model = new ChatLaplas({ model: "gpt-4o-mini", temperature: 0, ...upstream.settings });

const rules = {
  books: "A loan takes four weeks and can be extended twice. A book that comes back late costs 20 cents a day.",
  rooms: "A reading room holds six people. It can be booked two weeks ahead, for three hours at most.",
};
const department = z.enum(["books", "rooms"]);
const State = z.object({
  letter: z.string(),
  department: department.optional(),
  reply: z.string().optional(),
});

const graph = new StateGraph(State)
  .addNode("sort", async ({ letter }) => model.withStructuredOutput(z.object({ department })).invoke(letter))
  .addNode("answer", async ({ letter, department = "books" }) => {
    const context = `Answer from the context, in a sentence or two.\n\n<context>\n${rules[department]}\n</context>`;
    const answer = await model.invoke([
      { role: "system", content: context },
      { role: "user", content: letter },
    ]);
    return { reply: answer.text };
  })
  .addEdge(START, "sort")
  .addEdge("sort", "answer")
  .addEdge("answer", END)
  .compile();

for (const letter of ["I have two books. What does a late book cost?", "We like your rooms: how many people fit in?"]) {
  console.log(`\n${letter}`);
  for await (const step of await graph.stream({ letter }, { streamMode: "updates" })) console.log(step);
}
