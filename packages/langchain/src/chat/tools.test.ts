import { type AIMessageChunk, HumanMessage, ToolMessage } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { openWorld } from "../testing/open-world.js";
import { answerOf, streamOf } from "../testing/scripted-answers.js";
import { toToolChoice, toTools } from "./tools.js";

const weather = tool(async ({ city }) => `It is sunny in ${city}.`, {
  name: "get_weather",
  description: "Current weather of a city",
  schema: z.object({ city: z.string().describe("Name of the city") }),
});
const question = "What is the weather in Paris?";

describe("bindTools", () => {
  it("calls a tool in the first turn and answers from its result in the second", async () => {
    const { chat, sandbox } = await openWorld();
    const model = chat().bindTools([weather]);
    const asked = await model.invoke(question);
    expect(asked.tool_calls).toMatchObject([{ name: "get_weather", args: { city: "Paris" }, type: "tool_call" }]);
    const [call] = asked.tool_calls ?? [];
    const result = new ToolMessage({ content: await weather.invoke({ city: "Paris" }), tool_call_id: call?.id ?? "" });
    const answer = await model.invoke([new HumanMessage(question), asked, result]);
    expect(answer.text).toContain("sunny");
    expect(sandbox.counts()).toMatchObject({ answered: 2, refused: 0 });
  });

  it("streams a call piece by piece", async () => {
    const { chat } = await openWorld();
    const pieces: AIMessageChunk[] = [];
    for await (const chunk of await chat().bindTools([weather]).stream(question)) pieces.push(chunk);
    const whole = pieces.reduce((left, right) => left.concat(right));
    expect(pieces.filter((piece) => piece.tool_call_chunks?.length).length).toBeGreaterThan(1);
    expect(whole.tool_calls).toMatchObject([{ name: "get_weather", args: { city: "Paris" } }]);
    expect(whole.contentBlocks).toMatchObject([{ type: "tool_call", name: "get_weather", args: { city: "Paris" } }]);
    expect(whole.response_metadata.finish_reason).toBe("tool_calls");
  });

  it("streams a call as events, and in output version v1", async () => {
    const { chat } = await openWorld();
    const calls = await chat().bindTools([weather]).streamEvents(question, { version: "v2" });
    for await (const _ of calls);
    const [call] = await chat().streamEvents(question, { tools: [weather] }).toolCalls;
    expect(call).toMatchObject({ name: "get_weather", args: { city: "Paris" } });
    let whole: AIMessageChunk | undefined;
    const blocks = chat({ outputVersion: "v1" }).bindTools([weather]);
    for await (const chunk of await blocks.stream(question)) whole = whole?.concat(chunk) ?? chunk;
    expect(whole?.contentBlocks).toMatchObject([{ type: "tool_call", name: "get_weather", args: { city: "Paris" } }]);
    expect(whole?.tool_calls).toMatchObject([{ name: "get_weather" }]);
  });
});

describe("a tool call that was cut at the tier's output limit", () => {
  const cut = { id: "call_1", type: "function", function: { name: "pay", arguments: '{"to": "Ada", "amount": 10' } };
  const error = expect.stringContaining("tier's output limit");

  it("is invalid, not completed: whole", async () => {
    const { chat, sandbox } = await openWorld();
    sandbox.fault(answerOf({ tool_calls: [cut] }, "length"));
    const answer = await chat().invoke("Pay Ada 1000");
    expect(answer.tool_calls).toEqual([]);
    expect(answer.invalid_tool_calls).toEqual([
      { id: "call_1", name: "pay", args: cut.function.arguments, error, type: "invalid_tool_call" },
    ]);
  });

  it("is invalid, not completed: streamed", async () => {
    const { chat, sandbox } = await openWorld();
    sandbox.fault(
      streamOf([{ role: "assistant", content: null }, { tool_calls: [{ index: 0, ...cut }] }], "length", {
        total_tokens: 9,
      }),
      { times: 3 },
    );
    let whole: AIMessageChunk | undefined;
    for await (const chunk of await chat().stream("Pay Ada 1000")) whole = whole?.concat(chunk) ?? chunk;
    expect(whole?.tool_calls).toEqual([]);
    expect(whole?.invalid_tool_calls).toMatchObject([{ name: "pay", args: cut.function.arguments, error }]);
    expect(JSON.parse(JSON.stringify(whole))).toMatchObject({
      id: ["langchain_core", "messages", "AIMessageChunk"],
      kwargs: { tool_calls: [], invalid_tool_calls: [{ name: "pay" }] },
    });
    const streamed = await chat({ streaming: true }).invoke("Pay Ada 1000");
    expect(streamed.invalid_tool_calls).toMatchObject([{ name: "pay", error }]);
    const message = await chat().streamEvents("Pay Ada 1000");
    expect(message.tool_calls).toEqual([]);
    expect(message.contentBlocks).toMatchObject([
      { type: "invalid_tool_call", name: "pay", error },
      { type: "text", text: error },
    ]);
  });

  it("is said to be cut by max_tokens where the caller chose that", async () => {
    const { chat, sandbox } = await openWorld();
    sandbox.fault(answerOf({ tool_calls: [cut] }, "length"));
    const answer = await chat({ maxTokens: 20 }).invoke("Pay Ada 1000");
    expect(answer.invalid_tool_calls).toMatchObject([{ error: expect.stringContaining("max_tokens") }]);
  });
});

describe("toTools", () => {
  it("makes OpenAI's shape of LangChain's tools and leaves what has it", () => {
    const plain = { type: "function", function: { name: "plain", parameters: { type: "object", properties: {} } } };
    expect(toTools([weather, plain], undefined)).toMatchObject([
      { type: "function", function: { name: "get_weather", parameters: { type: "object", required: ["city"] } } },
      plain,
    ]);
  });

  it("does not write into the caller's tools", () => {
    const plain = { type: "function", function: { name: "plain", parameters: {} } };
    expect(toTools([plain], true)).toMatchObject([{ function: { strict: true } }]);
    expect(plain.function).not.toHaveProperty("strict");
  });
});

it.each([
  ["any", "required"],
  ["auto", "auto"],
  ["none", "none"],
  ["get_weather", { type: "function", function: { name: "get_weather" } }],
])("tool choice %s becomes %j", (choice, expected) => {
  expect(toToolChoice(choice)).toEqual(expected);
});
