import { type AIMessage, HumanMessage } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { END, MemorySaver, MessagesAnnotation, START, StateGraph } from "@langchain/langgraph";
import { ToolNode, toolsCondition } from "@langchain/langgraph/prebuilt";
import { ChatOpenAI } from "@langchain/openai";
import { createAgent, toolStrategy } from "langchain";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { obeysLimits, type Question } from "./limits.ts";
import { collect, DOORS, type Door, openDoor } from "./open-gateway.ts";
import { expectOpenAIError } from "./openai-errors.ts";

function modelOf(door: Door, { model = "gpt-4o-mini", apiKey = "unused", maxTokens }: Partial<Question> = {}) {
  return new ChatOpenAI({ model, apiKey, maxTokens, configuration: { baseURL: door.baseURL, fetch: door.fetch } });
}

const weather = tool(({ city }) => `It is 18 degrees and sunny in ${city}.`, {
  name: "get_weather",
  description: "Current weather of a city",
  schema: z.object({ city: z.string() }),
});

describe.each(DOORS)("an agent on LangGraph at the %s", (doorName) => {
  it("calls a tool and answers from its result", async () => {
    const door = await openDoor(doorName);
    const agent = createAgent({ model: modelOf(door), tools: [weather] });
    const { messages } = await agent.invoke({ messages: "What is the weather in Lisbon?" });
    expect(messages.at(-1)?.text).toContain("18 degrees and sunny in Lisbon");
    expect(door.statuses()).toEqual([200, 200]);
    expect(door.sandbox.counts()).toMatchObject({ answered: 2, refused: 0 });
  });

  it("streams its messages", async () => {
    const door = await openDoor(doorName);
    const agent = createAgent({ model: modelOf(door), tools: [weather] });
    const question = { messages: "What is the weather in Lisbon?" };
    const parts = await collect(await agent.stream(question, { streamMode: "messages" }));
    const words = parts
      .filter(([, { langgraph_node }]) => langgraph_node === "model_request")
      .map(([{ text }]) => text);
    expect(words.length).toBeGreaterThan(3);
    expect(words.join("")).toContain("18 degrees and sunny in Lisbon");
    expect(door.sandbox.counts()).toMatchObject({ answered: 2, refused: 0 });
  });

  it("gives structured output", async () => {
    const door = await openDoor(doorName);
    const responseFormat = toolStrategy(z.object({ city: z.string(), degrees: z.number() }));
    const agent = createAgent({ model: modelOf(door), tools: [], responseFormat });
    const question = { messages: "It is 18 degrees in Lisbon." };
    const { structuredResponse } = await agent.invoke(question);
    expect(structuredResponse).toEqual({ city: "Lisbon", degrees: 18 });
    expect(door.sandbox.counts().refused).toBe(0);
  });

  it("is a graph of one's own with a memory, too", async () => {
    const door = await openDoor(doorName);
    const model = modelOf(door).bindTools([weather]);
    const graph = new StateGraph(MessagesAnnotation)
      .addNode("model", async ({ messages }) => ({ messages: [await model.invoke(messages)] }))
      .addNode("tools", new ToolNode([weather]))
      .addEdge(START, "model")
      .addConditionalEdges("model", toolsCondition, ["tools", END])
      .addEdge("tools", "model")
      .compile({ checkpointer: new MemorySaver() });
    const thread = { configurable: { thread_id: "one" } };
    await graph.invoke({ messages: [new HumanMessage("What is the weather in Lisbon?")] }, thread);
    const { messages } = await graph.invoke({ messages: [new HumanMessage("Hello")] }, thread);
    expect(messages).toHaveLength(6);
    expect(messages.at(-1)?.text).toContain("Hello there!");
    expect(door.sandbox.counts()).toMatchObject({ answered: 3, refused: 0 });
  });

  obeysLimits(doorName, {
    async ask(door, question) {
      const agent = createAgent({ model: modelOf(door, question), tools: [] });
      const parts = [
        { type: "text", text: question.prompt },
        { type: "image_url", image_url: { url: question.image ?? "" } },
      ];
      const content = question.image === undefined ? question.prompt : parts;
      const { messages } = await agent.invoke({ messages: [new HumanMessage({ content })] });
      return (messages.at(-1) as AIMessage).text;
    },
    error: expectOpenAIError,
  });
});
