/* What LangGraph writes into a checkpoint and reads again: messages of ChatLaplas with their reports, and pictures. */
import { ToolMessage } from "@langchain/core/messages";
import { END, MemorySaver, MessagesAnnotation, START, StateGraph } from "@langchain/langgraph";
import { ChatLaplas, LaplasImageTool, reportOf } from "@laplas/langchain";
import { createSandbox } from "@laplas/sandbox";
import { createAgent } from "langchain";
import { expect, it, onTestFinished } from "vitest";

const thread = { configurable: { thread_id: "1" } };

async function open() {
  const sandbox = await createSandbox();
  onTestFinished(() => sandbox.close());
  return { apiKey: "a-key", baseURL: sandbox.baseURL, ledger: "memory" } as const;
}

it("a message's report comes back from a checkpoint as it was", async () => {
  const model = new ChatLaplas("gpt-4o-mini", await open());
  const graph = new StateGraph(MessagesAnnotation)
    .addNode("model", async ({ messages }) => ({ messages: [await model.invoke(messages)] }))
    .addEdge(START, "model")
    .addEdge("model", END)
    .compile({ checkpointer: new MemorySaver() });
  const { messages } = await graph.invoke({ messages: [{ role: "user", content: "Hello" }] }, thread);
  const answer = messages.at(-1);
  const report = answer && reportOf(answer);
  expect(new Date(report?.resetsAt ?? "").getTime()).toBeGreaterThan(0);
  const { values } = await graph.getState(thread);
  expect(reportOf(values.messages.at(-1))).toEqual(report);
});

it("an agent's pictures come back as they were", async () => {
  const settings = await open();
  const agent = createAgent({
    model: new ChatLaplas("gpt-4o-mini", settings),
    tools: [new LaplasImageTool("flux/schnell", settings)],
    checkpointer: new MemorySaver(),
  });
  const picturesIn = (messages: readonly unknown[]) =>
    messages.flatMap((message) => (ToolMessage.isInstance(message) ? (message.artifact ?? []) : []));
  const { messages } = await agent.invoke({ messages: "Draw a picture of an owl." }, thread);
  const pictures = picturesIn(messages);
  expect(reportOf(pictures)).toMatchObject({ attempts: 1, resetsAt: expect.stringMatching(/Z$/) });
  // The second turn works on what the checkpoint holds.
  const later = await agent.invoke({ messages: "Repeat the word: sea" }, thread);
  expect(picturesIn(later.messages)).toEqual(pictures);
  expect(later.messages.at(-1)?.text).toContain("sea");
});
