/* The scope of LangChain's own standard tests for chat models, which are not published, over every family of models. */
import { InMemoryCache } from "@langchain/core/caches";
import { CallbackManager } from "@langchain/core/callbacks/manager";
import { BaseChatModel } from "@langchain/core/language_models/chat_models";
import {
  AIMessage,
  AIMessageChunk,
  type BaseMessage,
  HumanMessage,
  SystemMessage,
  ToolMessage,
} from "@langchain/core/messages";
import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { RunnableLambda } from "@langchain/core/runnables";
import { tool } from "@langchain/core/tools";
import { toJsonSchema } from "@langchain/core/utils/json_schema";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { z } from "zod";
import { ChatLaplas, type ChatLaplasFields } from "../index.js";
import { openWorld, rejection, type World } from "../testing/open-world.js";

/** One of every request family that can call tools. */
const MODELS = [
  "gpt-4o-mini",
  "meta-llama/Llama-3.2-90B-Vision-Instruct-Turbo",
  "MiniMax-Text-01",
  "gemini-1.5-flash",
  "claude-3-5-haiku-latest",
];

interface Subject extends World {
  make(fields?: ChatLaplasFields): ChatLaplas;
}

const city = z.object({ city: z.string().describe("Name of the city") });
const weather = tool(async (input) => `It is sunny in ${input.city}.`, {
  name: "get_weather",
  description: "Current weather of a city",
  schema: city,
});
const question = "What is the weather in Paris?";
const person = z.object({ name: z.string().describe("Name"), age: z.number().describe("Age") }).describe("A person");
const ada = "name: Ada, age: 36";
const jsonPerson = { title: "person", description: "A person", ...toJsonSchema(person) };

const usage = { input_tokens: expect.any(Number), output_tokens: expect.any(Number), total_tokens: expect.any(Number) };

async function joined(stream: AsyncIterable<AIMessageChunk>): Promise<{ whole: AIMessageChunk; count: number }> {
  let whole: AIMessageChunk | undefined;
  let count = 0;
  for await (const chunk of stream) {
    expect(chunk).toBeInstanceOf(AIMessageChunk);
    whole = whole?.concat(chunk) ?? chunk;
    count += 1;
  }
  if (whole === undefined) throw new Error("nothing was streamed");
  return { whole, count };
}

/** A finished exchange with a tool; ids as another vendor writes them. */
const toolHistory = (
  content: string | { type: "text"; text: string }[],
  result = "It is sunny in Paris.",
): BaseMessage[] => [
  new SystemMessage("Be brief."),
  new HumanMessage(question),
  new AIMessage({
    content,
    tool_calls: [{ id: "call_abc123", name: "get_weather", args: { city: "Paris" }, type: "tool_call" }],
  }),
  new ToolMessage({ tool_call_id: "call_abc123", name: "get_weather", content: result }),
];

const CHECKS: Record<string, (subject: Subject) => Promise<unknown>> = {
  "construction: is a BaseChatModel with a name and a type": async ({ make }) => {
    const model = make();
    expect(model).toBeInstanceOf(BaseChatModel);
    expect(ChatLaplas.lc_name()).toBe("ChatLaplas");
    expect(model._llmType()).toBe("laplas");
    expect(model.lc_serializable).toBe(true);
  },
  "construction: takes key and address from the environment": async ({ make, sandbox }) => {
    vi.stubEnv("LAPLAS_API_KEY", "from-the-environment");
    vi.stubEnv("LAPLAS_BASE_URL", sandbox.baseURL);
    vi.stubEnv("LAPLAS_LEDGER", "memory");
    onTestFinished(() => void vi.unstubAllEnvs());
    await new ChatLaplas(make().model).invoke("Hello");
    expect(sandbox.used("from-the-environment")).toBeGreaterThan(0);
  },
  "construction: streams by a field": async ({ make, sandbox }) => {
    expect((await make({ streaming: true }).invoke("Hello")).text).not.toBe("");
    expect(sandbox.requests[0]?.streamed).toBe(true);
  },
  "construction: names its secrets and writes none": async ({ make }) => {
    const model = make();
    expect(model.lc_secrets).toEqual({ apiKey: "LAPLAS_API_KEY" });
    expect(JSON.stringify(model)).not.toContain("test-key");
  },
  "parameters: standard ones for LangSmith": async ({ make }) => {
    const model = make({ temperature: 0.1, maxTokens: 99, stop: ["###"] });
    expect(model.getLsParams({} as never)).toEqual({
      ls_provider: "laplas",
      ls_model_name: model.model,
      ls_model_type: "chat",
      ls_temperature: 0.1,
      ls_max_tokens: 99,
      ls_stop: ["###"],
    });
  },
  "tools: binds zod, JSON schema and OpenAI's shape": async ({ make }) => {
    const function_ = { name: "get_weather", description: "Weather of a city", parameters: toJsonSchema(city) };
    for (const bound of [weather, { type: "function", function: function_ }] as const) {
      const { tool_calls } = await make()
        .bindTools([bound as never])
        .invoke(question);
      expect(tool_calls).toMatchObject([{ name: "get_weather", args: { city: "Paris" } }]);
    }
  },
  "tools: binds a chain as a tool": async ({ make }) => {
    const chain = RunnableLambda.from((input: { city: string }) => `It is sunny in ${input.city}.`);
    const asTool = chain.asTool({ name: "get_weather", description: "Current weather of a city", schema: city });
    const { tool_calls } = await make().bindTools([asTool]).invoke(question);
    expect(tool_calls).toMatchObject([{ name: "get_weather", args: { city: "Paris" } }]);
  },
  "tools: obeys a choice by name": async ({ make }) => {
    const other = tool(async () => "", {
      name: "search",
      description: "Search the web",
      schema: z.object({ query: z.string() }),
    });
    const bound = make().bindTools([weather, other], { tool_choice: "search" });
    expect((await bound.invoke(question)).tool_calls).toMatchObject([{ name: "search" }]);
    const any = make().bindTools([weather], { tool_choice: "any" });
    expect((await any.invoke(question)).tool_calls).toMatchObject([{ name: "get_weather" }]);
  },
  "structured output: zod": async ({ make }) => {
    expect(await make().withStructuredOutput(person).invoke(ada)).toEqual({ name: "Ada", age: 36 });
  },
  "structured output: JSON schema": async ({ make }) => {
    expect(await make().withStructuredOutput(jsonPerson).invoke(ada)).toEqual({ name: "Ada", age: 36 });
  },
  "structured output: with the message": async ({ make }) => {
    const { raw, parsed } = await make().withStructuredOutput(person, { includeRaw: true, name: "person" }).invoke(ada);
    expect(AIMessage.isInstance(raw)).toBe(true);
    expect(parsed).toEqual({ name: "Ada", age: 36 });
  },
  "structured output: streamed, after a prompt template": async ({ make }) => {
    const chain = ChatPromptTemplate.fromMessages([["human", "{text}"]]).pipe(make().withStructuredOutput(person));
    let last: unknown;
    for await (const value of await chain.stream({ text: ada })) last = value;
    expect(last).toEqual({ name: "Ada", age: 36 });
  },
  "invoke: a text, messages, a prompt": async ({ make }) => {
    for (const input of ["Hello", [new HumanMessage("Hello")], [["human", "Hello"]] as [["human", string]]]) {
      const answer = await make().invoke(input as string);
      expect(AIMessage.isInstance(answer)).toBe(true);
      expect(answer.content).toEqual(expect.any(String));
      expect(answer.text).not.toBe("");
    }
  },
  "invoke: in a chain with a parser": async ({ make }) => {
    const prompt = ChatPromptTemplate.fromMessages([
      ["system", "Be brief."],
      ["human", "Repeat the word: {word}"],
    ]);
    const chain = prompt.pipe(make()).pipe(new StringOutputParser());
    expect(await chain.invoke({ word: "harbour" })).toContain("harbour");
  },
  "stream: chunks that join to the answer": async ({ make }) => {
    const { whole, count } = await joined(await make().stream("Count to 20"));
    expect(count).toBeGreaterThan(3);
    expect(whole.text).toBe((await make().invoke("Count to 20")).text);
    expect(whole.response_metadata.model_provider).toEqual(expect.any(String));
  },
  "stream: as events of both kinds": async ({ make }) => {
    let text = "";
    for await (const event of make().streamEvents("Repeat the word: sea", { version: "v2" })) {
      if (event.event === "on_chat_model_stream") text += (event.data.chunk as AIMessageChunk).text;
    }
    expect(text).toContain("sea");
  },
  "batch: answers in order, one at a time": async ({ make }) => {
    const words = ["sea", "hill", "wood", "lake"];
    const answers = await make().batch(words.map((word) => `Repeat the word: ${word}`));
    for (const [index, answer] of answers.entries()) expect(answer.text).toContain(words[index]);
  },
  "batch: keeps errors in their places": async ({ make, sandbox }) => {
    sandbox.fault({ kind: "serverError" }, { when: ({ body }) => JSON.stringify(body).includes("hill") });
    const inputs = ["Repeat the word: sea", "Repeat the word: hill"];
    const [good, bad] = await make({ maxRetries: 0 }).batch(inputs, {}, { returnExceptions: true });
    expect(AIMessage.isInstance(good)).toBe(true);
    expect(bad).toMatchObject({ code: "unavailable" });
  },
  "conversation: system, human, ai, human": async ({ make }) => {
    const answer = await make().invoke([
      new SystemMessage("Be brief."),
      new HumanMessage("Hello"),
      new AIMessage("Hello there!"),
      new HumanMessage("Repeat the word: sea"),
    ]);
    expect(answer.text).toContain("sea");
  },
  "conversation: content as blocks": async ({ make }) => {
    const blocks = [{ type: "text" as const, text: "Repeat the word: sea" }];
    const answer = await make().invoke([new HumanMessage({ content: blocks })]);
    expect(answer.contentBlocks).toMatchObject([{ type: "text", text: expect.stringContaining("sea") }]);
  },
  "conversation: its own answers go back in": async ({ make }) => {
    const history: BaseMessage[] = [new HumanMessage("Hello")];
    history.push((await joined(await make().stream(history))).whole, new HumanMessage("Repeat the word: sea"));
    expect((await make().invoke(history)).text).toContain("sea");
  },
  "usage: invoke": async ({ make }) => {
    const { usage_metadata } = await make().invoke("Hello");
    expect(usage_metadata).toMatchObject(usage);
    expect(usage_metadata?.total_tokens).toBeGreaterThan(0);
  },
  "usage: on one chunk of a stream, or told by nobody": async ({ make }) => {
    const told: unknown[] = [];
    for await (const chunk of await make().stream("Hello")) if (chunk.usage_metadata) told.push(chunk.usage_metadata);
    // Families without stream_options send none: the report's cost is then an estimate.
    expect(told.length).toBeLessThanOrEqual(1);
    if (make().model === "gpt-4o-mini") expect(told).toMatchObject([usage]);
  },
  "usage: in the callbacks' result": async ({ make }) => {
    const ends: unknown[] = [];
    const handleLLMEnd = (output: unknown) => void ends.push(output);
    await make().invoke("Hello", { callbacks: CallbackManager.fromHandlers({ handleLLMEnd }) });
    expect(ends).toMatchObject([{ generations: [[{ message: { usage_metadata: usage } }]] }]);
  },
  "cache: a round trip of blocks and tool calls": async ({ make, sandbox }) => {
    const cache = new InMemoryCache(new Map());
    const prompt = [new HumanMessage({ content: [{ type: "text", text: question }] })];
    const [fresh, cached] = [
      await make({ cache }).bindTools([weather]).invoke(prompt),
      await make({ cache }).bindTools([weather]).invoke(prompt),
    ];
    expect(cached.tool_calls).toEqual(fresh.tool_calls);
    expect(cached.text).toBe(fresh.text);
    expect(sandbox.counts().received).toBe(1);
  },
  "abort: before, and in the middle of a stream": async ({ make }) => {
    expect(await rejection(make().invoke("Hello", { signal: AbortSignal.abort() }))).toMatchObject({
      name: "AbortError",
    });
    const controller = new AbortController();
    const read = async () => {
      for await (const _ of await make().stream("Count to 100", { signal: controller.signal })) controller.abort();
    };
    expect(await rejection(read())).toMatchObject({ name: "AbortError" });
  },
  "tools in two turns: whole": async ({ make }) => {
    const bound = make().bindTools([weather]);
    const asked = await bound.invoke([new HumanMessage(question)]);
    const results = await Promise.all((asked.tool_calls ?? []).map((call) => weather.invoke(call)));
    const answer = await bound.invoke([new HumanMessage(question), asked, ...(results as ToolMessage[])]);
    expect(answer.text).toContain("sunny");
    expect(answer.tool_calls).toEqual([]);
  },
  "tools in two turns: streamed": async ({ make }) => {
    const bound = make().bindTools([weather]);
    const { whole } = await joined(await bound.stream(question));
    expect(whole.tool_calls).toMatchObject([{ id: expect.any(String), name: "get_weather", args: { city: "Paris" } }]);
    expect(whole.tool_call_chunks?.every((chunk) => typeof chunk.args === "string")).toBe(true);
    const result = (await weather.invoke(whole.tool_calls?.[0] as never)) as ToolMessage;
    const answer = await joined(await bound.stream([new HumanMessage(question), whole, result]));
    expect(answer.whole.text).toContain("sunny");
  },
  "tools in two turns: a history with text content": async ({ make }) => {
    for (const content of ["", "I'll look."]) {
      expect((await make().bindTools([weather]).invoke(toolHistory(content))).text).toContain("sunny");
    }
  },
  "tools in two turns: a history with blocks as content": async ({ make }) => {
    const history = toolHistory([{ type: "text", text: "I'll look." }]);
    expect((await make().bindTools([weather]).invoke(history)).text).toContain("sunny");
  },
  "tools in two turns: a tool that failed": async ({ make }) => {
    const history = toolHistory("").slice(0, -1);
    const failed = new ToolMessage({ tool_call_id: "call_abc123", status: "error", content: "Error: no such city" });
    expect(
      (
        await make()
          .bindTools([weather])
          .invoke([...history, failed])
      ).text,
    ).not.toBe("");
  },
  "tools in two turns: examples before the question": async ({ make }) => {
    const example = toolHistory("").slice(1);
    const asked = [
      ...example,
      new AIMessage("It is sunny in Paris."),
      new HumanMessage("What is the weather in Rome?"),
    ];
    const { tool_calls } = await make().bindTools([weather]).invoke(asked);
    expect(tool_calls).toMatchObject([{ name: "get_weather", args: { city: "Rome" } }]);
  },
  "content blocks: a tool call": async ({ make }) => {
    const answer = await make().bindTools([weather]).invoke(question);
    expect(answer.contentBlocks).toContainEqual(expect.objectContaining({ type: "tool_call", name: "get_weather" }));
  },
};

describe.each(MODELS)("%s", (model) => {
  it.each(Object.entries(CHECKS))("%s", async (_, check) => {
    const world = await openWorld();
    await check({ ...world, make: (fields) => world.chat({ model, ...fields }) });
    await world.sandbox.idle();
    expect(world.sandbox.counts().refused).toBe(0);
  });
});
