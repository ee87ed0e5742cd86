import { AIMessage, type AIMessageChunk, HumanMessage, SystemMessage, ToolMessage } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { reportOf } from "../messages/report-of.js";
import { openWorld, type World } from "../testing/open-world.js";

/**
 * One model of every request family, and the two of OpenAI's that take less than their family. The last three have no
 * function calling in the documentation (\`calls: false\`), so what is said of tool calls is not asked of them.
 */
const MODELS = [
  { model: "gpt-4o-mini", calls: true },
  { model: "meta-llama/Llama-3.2-90B-Vision-Instruct-Turbo", calls: true },
  { model: "MiniMax-Text-01", calls: true },
  { model: "gemini-1.5-flash", calls: true },
  { model: "claude-3-5-haiku-latest", calls: true },
  { model: "google/gemma-3-27b-it", calls: true },
  { model: "deepseek-chat", calls: true },
  { model: "Qwen/QwQ-32B", calls: false },
  { model: "o1", calls: false },
  { model: "o1-mini", calls: false },
];

const weather = tool(async ({ city }) => `It is sunny in ${city}.`, {
  name: "get_weather",
  description: "Current weather of a city",
  schema: z.object({ city: z.string().describe("Name of the city") }),
});
const system = new SystemMessage("Be brief.");
const question = new HumanMessage("What is the weather in Paris?");

async function streamed({ chat }: World, model: string, messages: Parameters<ReturnType<World["chat"]>["stream"]>[0]) {
  let whole: AIMessageChunk | undefined;
  for await (const chunk of await chat({ model, stop: ["###"] }).stream(messages))
    whole = whole?.concat(chunk) ?? chunk;
  if (whole === undefined) throw new Error("nothing was streamed");
  return whole;
}

describe.each(MODELS)("$model", ({ model, calls }) => {
  it("holds a conversation, whole and streamed, without a refusal", async () => {
    const world = await openWorld();
    const { chat, sandbox } = world;
    const first = await chat({ model, temperature: 0.2, stop: ["###"] }).invoke([system, question]);
    expect(first.response_metadata.finish_reason).toEqual(expect.any(String));
    expect(first.usage_metadata?.total_tokens).toEqual(expect.any(Number));
    const second = await streamed(world, model, [system, question, first, new HumanMessage("Repeat the word: sea")]);
    expect(second.text).toContain("sea");
    expect(second.text).not.toContain("<think>");
    const again = [
      system,
      question,
      first,
      new HumanMessage("Repeat the word: sea"),
      second,
      new HumanMessage("Hello"),
    ];
    expect((await chat({ model }).invoke(again)).text).not.toBe("");
    expect(sandbox.counts()).toMatchObject({ answered: 3, refused: 0 });
  });

  it.runIf(calls)("calls a tool and answers from its result, whole and streamed", async () => {
    const world = await openWorld();
    const { chat, sandbox } = world;
    for (const streaming of [false, true]) {
      const bound = chat({ model, streaming, stop: ["###"] }).bindTools([weather]);
      const asked = await bound.invoke([system, question]);
      expect(asked.tool_calls).toMatchObject([{ name: "get_weather", args: { city: "Paris" } }]);
      const [call] = asked.tool_calls ?? [];
      const result = await weather.invoke({ ...call, type: "tool_call", name: "get_weather", args: call?.args ?? {} });
      const answer = await bound.invoke([system, question, asked, result as ToolMessage]);
      expect(answer.text).toContain("sunny");
      const more = [system, question, asked, result as ToolMessage, answer, new HumanMessage("Repeat the word: sea")];
      expect((await streamed(world, model, more)).text).toContain("sea");
    }
    expect(sandbox.counts()).toMatchObject({ answered: 6, refused: 0 });
  });

  it.runIf(calls)("answers in a shape, whole and streamed", async () => {
    const { chat, sandbox } = await openWorld();
    const chain = chat({ model }).withStructuredOutput(z.object({ name: z.string(), age: z.number() }));
    expect(await chain.invoke("name: Ada, age: 36")).toEqual({ name: "Ada", age: 36 });
    let last: unknown;
    for await (const part of await chain.stream("name: Ada, age: 36")) last = part;
    expect(last).toEqual({ name: "Ada", age: 36 });
    expect(sandbox.counts()).toMatchObject({ answered: 2, refused: 0 });
  });

  it("says where the tier has cut an answer, whole and streamed", async () => {
    const essay = [new HumanMessage("Write an essay about the sea.")];
    // A world each: one such answer of o1 costs more than a day.
    const whole = await (await openWorld()).chat({ model }).invoke(essay);
    for (const answer of [whole, await streamed(await openWorld(), model, essay)]) {
      expect(answer.response_metadata.finish_reason).toBe("length");
      expect(reportOf(answer)?.truncatedByTier).toBe(true);
    }
  });

  it.runIf(calls)("never completes a call that was cut, whole and streamed", async () => {
    const { chat, sandbox } = await openWorld();
    for (const streaming of [false, true]) {
      const answer = await chat({ model, streaming, maxTokens: 6 }).bindTools([weather]).invoke([question]);
      expect(answer.tool_calls).toEqual([]);
      expect(answer.invalid_tool_calls).toMatchObject([
        { name: "get_weather", error: expect.stringContaining("max_tokens") },
      ]);
    }
    expect(sandbox.counts().refused).toBe(0);
  });

  it.runIf(calls)(
    "takes back a call that was cut, with a result by the book, with none, and beside whole ones",
    async () => {
      const { chat, sandbox } = await openWorld();
      const cut = await chat({ model, maxTokens: 6 }).bindTools([weather]).invoke([question]);
      const [broken] = cut.invalid_tool_calls ?? [];
      const result = new ToolMessage({ content: broken?.error ?? "", tool_call_id: broken?.id ?? "", status: "error" });
      const whole = { id: "call_whole", name: "get_weather", args: { city: "Rome" } };
      const both = new AIMessage({
        content: "",
        tool_calls: [whole],
        invalid_tool_calls: cut.invalid_tool_calls ?? [],
      });
      const more = new HumanMessage("Repeat the word: sea");
      const bound = chat({ model }).bindTools([weather]);
      for (const history of [
        [question, cut, result, more],
        [question, cut, more],
        [question, both, new ToolMessage({ content: "sunny", tool_call_id: "call_whole" }), more],
        [question, both, result, new ToolMessage({ content: "sunny", tool_call_id: "call_whole" }), more],
      ]) {
        expect((await bound.invoke(history)).text).toContain("sea");
      }
      expect(sandbox.counts()).toMatchObject({ answered: 5, refused: 0 });
    },
  );

  it("takes a conversation that other models and older programs wrote", async () => {
    const { chat, sandbox } = await openWorld();
    const call = { id: "call_1", name: "get_weather", args: { city: "Paris" } };
    const history = [
      system,
      question,
      ...(calls
        ? [
            new AIMessage({
              content: "",
              tool_calls: [call],
              additional_kwargs: { reasoning_content: "Let me look." },
            }),
            new ToolMessage({
              content: [{ type: "text", text: "sunny" }],
              tool_call_id: "call_1",
              name: "get_weather",
            }),
          ]
        : []),
      new AIMessage({
        name: "forecaster",
        content: [
          { type: "reasoning", reasoning: "Short." },
          { type: "text", text: "Sunny." },
        ],
      }),
      new HumanMessage("Repeat the word: sea"),
    ];
    const bound = calls ? chat({ model }).bindTools([weather]) : chat({ model });
    expect((await bound.invoke(history)).text).toContain("sea");
    expect(sandbox.counts()).toMatchObject({ answered: 1, refused: 0 });
  });
});
