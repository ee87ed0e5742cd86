import { AIMessage, type BaseMessage, HumanMessage } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import { MemorySaver } from "@langchain/langgraph";
import { isRetryable } from "@laplas/core";
import { createDeepAgent } from "deepagents";
import { type AgentMiddleware, createAgent, modelFallbackMiddleware, providerStrategy, toolStrategy } from "langchain";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { laplasBudgetMiddleware, laplasLongAnswerMiddleware } from "../middleware.js";
import { openWorld, rejection, type World } from "../testing/open-world.js";
import { answerOf, streamOf } from "../testing/scripted-answers.js";

interface SentMessage {
  readonly role: string;
  readonly content: string;
  readonly tool_call_id?: string;
  readonly tool_calls?: { id: string; function: { name: string; arguments: string } }[];
}

const reason = "was cut at the tier's output limit of 512 tokens and was not run";
const person = z.object({ name: z.string(), age: z.number() });
const half = '{"name": "Ada", "age": 3';
const input = { messages: "Write a long file" };

const call = (id: string, args: unknown, name = "write_file") => ({
  id,
  type: "function",
  function: { name, arguments: typeof args === "string" ? args : JSON.stringify(args) },
});

/** The next request meets this answer, whole or as a stream. */
function answer(
  { sandbox }: World,
  message: { content?: string; tool_calls?: object[]; reasoning_content?: string },
  finishReason: string,
) {
  sandbox.fault(answerOf(message, finishReason), { when: ({ streamed }) => !streamed });
  const { tool_calls: calls = [], ...said } = message;
  const deltas = calls.map((made, index) => ({ tool_calls: [{ index, ...made }] }));
  sandbox.fault(streamOf([said, ...deltas], finishReason), { when: ({ streamed }) => streamed });
}

function sent({ sandbox }: World, request: number): readonly SentMessage[] {
  const body = sandbox.requests[request]?.body as { messages: SentMessage[] } | undefined;
  return body?.messages ?? [];
}

/** A tool that says what it wrote, and an agent of it and the middleware, which leaves continuing to tests that ask for it. */
async function openAgent(options?: Parameters<typeof laplasLongAnswerMiddleware>[0], more: object = {}) {
  const world = await openWorld();
  const written: string[] = [];
  const writeFile = tool(
    ({ text }) => {
      written.push(text);
      return "written";
    },
    { name: "write_file", description: "Writes a file", schema: z.object({ text: z.string() }) },
  );
  const agent = createAgent({
    model: world.chat(),
    tools: [writeFile],
    middleware: [laplasLongAnswerMiddleware({ continueAtCap: 0, ...options })],
    ...more,
  });
  return { agent, world, written, writeFile };
}

describe("a tool call that was cut", () => {
  it("goes back to the model with the reason and the limit, and the work is done in parts", async () => {
    const { agent, world, written } = await openAgent();
    answer(world, { tool_calls: [call("c1", '{"text": "a long text')] }, "length");
    answer(
      world,
      { tool_calls: [call("c2", { text: "first part" }), call("c3", { text: "second part" })] },
      "tool_calls",
    );
    answer(world, { content: "Done." }, "stop");
    const { messages } = await agent.invoke(input);
    expect(written.sort()).toEqual(["first part", "second part"]);
    expect(messages.map(({ type }) => type)).toEqual(["human", "ai", "tool", "ai", "tool", "tool", "ai"]);
    expect(messages.at(-1)?.text).toBe("Done.");
    expect(sent(world, 1).slice(1)).toMatchObject([
      { role: "assistant", tool_calls: [{ id: "c1", function: { name: "write_file", arguments: "{}" } }] },
      { role: "tool", tool_call_id: "c1", content: expect.stringContaining(reason) },
    ]);
    expect(world.sandbox.requests).toHaveLength(3);
  });

  it.each([{}, { streaming: true }, { outputVersion: "v1" }, { outputVersion: "v1", streaming: true }] as const)(
    "goes back in every mode of the agent, with %j",
    async (settings) => {
      for (const mode of ["values", "messages", "updates", "v2", "v3"] as const) {
        const { agent: plain, world, written } = await openAgent();
        const agent = createAgent({ ...plain.options, model: world.chat(settings) });
        answer(world, { tool_calls: [call("c1", '{"text": "a long text')] }, "length");
        answer(world, { tool_calls: [call("c2", { text: "short" })] }, "tool_calls");
        answer(world, { content: "Done." }, "stop");
        if (mode === "v3") await (await agent.streamEvents(input, { version: "v3" })).output;
        else if (mode === "v2") for await (const _ of agent.streamEvents(input, { version: "v2" }));
        else for await (const _ of await agent.stream(input, { streamMode: mode }));
        expect(written, mode).toEqual(["short"]);
        expect(sent(world, 1).at(-1)?.content, mode).toContain(reason);
        expect(world.sandbox.requests, mode).toHaveLength(3);
      }
    },
  );

  it.each([
    [undefined, 3],
    [{ maxRetries: 0 }, 1],
    [{ maxRetries: 1 }, 2],
  ])("goes back so often in a row and no more, and the last message says why, with %j", async (options, requests) => {
    const { agent, world, written } = await openAgent(options);
    for (let index = 0; index < 5; index += 1) {
      answer(world, { tool_calls: [call(`c${index}`, '{"text": "a long text')] }, "length");
    }
    const { messages } = await agent.invoke(input);
    expect(written).toEqual([]);
    expect(world.sandbox.requests).toHaveLength(requests);
    expect(messages.at(-1)).toBeInstanceOf(AIMessage);
    expect(messages.at(-1)?.text).toContain(reason);
  });

  it("may be cut anew after one that was run", async () => {
    const { agent, world, written } = await openAgent({ maxRetries: 1 });
    for (const part of ["one", "two", "three"]) {
      answer(world, { tool_calls: [call(`cut-${part}`, '{"text": "a long text')] }, "length");
      answer(world, { tool_calls: [call(`whole-${part}`, { text: part })] }, "tool_calls");
    }
    answer(world, { content: "Done." }, "stop");
    await agent.invoke(input);
    expect(written).toEqual(["one", "two", "three"]);
  });

  it("beside whole ones is told with their results", async () => {
    const { agent, world, written } = await openAgent();
    answer(world, { tool_calls: [call("c1", { text: "short" }), call("c2", '{"text": "a long')] }, "length");
    answer(world, { content: "Done." }, "stop");
    const { messages } = await agent.invoke(input);
    expect(written).toEqual(["short"]);
    expect(messages.map(({ type }) => type)).toEqual(["human", "ai", "tool", "tool", "ai"]);
    const results = new Map(sent(world, 1).map(({ tool_call_id: id, content }) => [id, content]));
    expect(results.get("c1")).toBe("written");
    expect(results.get("c2")).toContain(reason);
  });

  it("that can't be read for another reason goes back as well", async () => {
    const { agent, world, written } = await openAgent();
    answer(world, { tool_calls: [call("c1", "text=short")] }, "tool_calls");
    answer(world, { tool_calls: [call("c2", { text: "short" })] }, "tool_calls");
    answer(world, { content: "Done." }, "stop");
    await agent.invoke(input);
    expect(written).toEqual(["short"]);
    expect(sent(world, 1).at(-1)?.content).toContain("not a JSON object");
  });
});

describe("a structured answer that was cut", () => {
  const cut = { name: "FatalLimitError", cause: { code: "output_tokens", rule: "output_tokens", completed: half } };
  // LangChain numbers the tools that it makes of schemas without a title.
  const titled = {
    title: "person",
    type: "object" as const,
    properties: { name: { type: "string" }, age: { type: "number" } },
  };

  it("by a tool is output_tokens, and not undefined", async () => {
    for (const finishReason of ["length", "tool_calls"]) {
      const { agent, world } = await openAgent({}, { responseFormat: toolStrategy(titled) });
      answer(world, { tool_calls: [call("c1", half, "person")] }, finishReason);
      const error = await rejection(agent.invoke(input));
      expect(error).toMatchObject(cut);
      expect(isRetryable(error)).toBe(false);
      expect(world.sandbox.requests).toHaveLength(1);
    }
  });

  it("by the format of the answer is output_tokens, and names the limit", async () => {
    for (const settings of [{}, { streaming: true }]) {
      const { agent: plain, world } = await openAgent();
      const agent = createAgent({
        ...plain.options,
        model: world.chat(settings),
        responseFormat: providerStrategy(person),
      });
      answer(world, { content: half }, "length");
      const error = await rejection(agent.invoke(input));
      expect(error).toMatchObject(cut);
      expect((error as Error).message).toContain("512 tokens");
    }
  });

  it("by thoughts alone says so", async () => {
    const { agent, world } = await openAgent({}, { responseFormat: providerStrategy(person) });
    answer(world, { content: "", reasoning_content: "Let me think." }, "length");
    expect(await rejection(agent.invoke(input))).toMatchObject({
      message: expect.stringContaining("thoughts took all"),
    });
  });

  it("by the caller's max_tokens says that", async () => {
    const { agent: plain, world } = await openAgent();
    const agent = createAgent({
      ...plain.options,
      model: world.chat({ maxTokens: 20 }),
      responseFormat: toolStrategy(titled),
    });
    answer(world, { tool_calls: [call("c1", half, "person")] }, "length");
    expect(await rejection(agent.invoke(input))).toMatchObject({
      message: expect.stringContaining("cut at max_tokens"),
      cause: { code: "output_tokens" },
    });
  });

  it("lets a fallback outside answer", async () => {
    const spare = await openWorld();
    answer(spare, { content: '{"name": "Ada", "age": 36}' }, "stop");
    const { agent: plain, world } = await openAgent();
    const agent = createAgent({
      ...plain.options,
      responseFormat: providerStrategy(person),
      middleware: [
        modelFallbackMiddleware(spare.chat()) as unknown as AgentMiddleware,
        laplasLongAnswerMiddleware({ continueAtCap: 0 }),
      ],
    });
    answer(world, { content: half }, "length");
    expect((await agent.invoke(input)).structuredResponse).toEqual({ name: "Ada", age: 36 });
  });

  it("comes whole where it is whole, after a tool call that was cut", async () => {
    for (const responseFormat of [providerStrategy(person), toolStrategy(titled)]) {
      const { agent, world, written } = await openAgent({}, { responseFormat });
      answer(world, { tool_calls: [call("c1", '{"text": "a long text')] }, "length");
      answer(world, { tool_calls: [call("c2", { text: "short" })] }, "tool_calls");
      const ada = { name: "Ada", age: 36 };
      answer(
        world,
        Array.isArray(responseFormat) ? { tool_calls: [call("c3", ada, "person")] } : { content: JSON.stringify(ada) },
        "stop",
      );
      expect(await agent.invoke(input)).toMatchObject({ structuredResponse: ada });
      expect(written).toEqual(["short"]);
      expect(sent(world, 1).at(-1)?.content).toContain(reason);
    }
  });

  it("is an error in the end where every call was cut on the way", async () => {
    for (const responseFormat of [providerStrategy(person), toolStrategy(titled)]) {
      const { agent, world } = await openAgent({ maxRetries: 1 }, { responseFormat });
      answer(world, { tool_calls: [call("c1", '{"text": "a long text')] }, "length");
      answer(world, { tool_calls: [call("c2", '{"text": "a long text')] }, "length");
      expect(await rejection(agent.invoke(input))).toMatchObject({ cause: { code: "output_tokens" } });
      expect(world.sandbox.requests).toHaveLength(2);
    }
  });

  it("leaves LangChain's own error to answers that only don't fit", async () => {
    const { agent, world } = await openAgent({}, { responseFormat: providerStrategy(person) });
    answer(world, { content: '{"name": 5}' }, "stop");
    const error = (await rejection(agent.invoke(input))) as Error;
    expect(error.message).toContain("did not satisfy the provided response schema");
    expect(error.cause).not.toMatchObject({ code: expect.anything() });
  });

  it("leaves the engine's errors as they are", async () => {
    const { agent, world } = await openAgent({}, { responseFormat: providerStrategy(person) });
    world.sandbox.fault({ kind: "serverError" }, { times: 9 });
    expect(await rejection(agent.invoke(input))).toMatchObject({ cause: { code: "unavailable" } });
  });
});

describe("the line in the system prompt", () => {
  const prompt = async (options: object, settings: object = {}, systemPrompt?: string) => {
    const { agent: plain, world } = await openAgent(options);
    const agent = createAgent({ ...plain.options, model: world.chat(settings), ...(systemPrompt && { systemPrompt }) });
    answer(world, { content: "Done." }, "stop");
    await agent.invoke(input);
    return sent(world, 0)[0];
  };

  it("states the limit behind the agent's own prompt, or alone", async () => {
    const line = expect.stringMatching(/^\s*One answer of yours may have 512 tokens \(about 384 words\)/);
    expect(await prompt({ systemLine: true })).toMatchObject({ role: "system", content: line });
    expect(await prompt({ systemLine: true }, {}, "Be brief.")).toMatchObject({
      role: "system",
      content: [{ text: "Be brief." }, { text: line }],
    });
  });

  it("states what the caller allows, where that is less", async () => {
    expect((await prompt({ systemLine: true }, { maxTokens: 100 }))?.content).toContain("may have 100 tokens");
    expect((await prompt({ systemLine: true }, { maxTokens: 9000 }))?.content).toContain("may have 512 tokens");
  });

  it("is there only where it is wanted, and where a limit is known", async () => {
    expect((await prompt({}))?.role).toBe("user");
    const other = new FakeListChatModel({ responses: ["from elsewhere"] });
    Object.assign(other, { bindTools: () => other });
    const agent = createAgent({
      model: other,
      tools: [],
      middleware: [laplasLongAnswerMiddleware({ systemLine: true })],
    });
    expect((await agent.invoke(input)).messages.map(({ type }) => type)).toEqual(["human", "ai"]);
  });
});

it("hands a model of another vendor a conversation that it takes", async () => {
  const { agent: plain, world, written } = await openAgent();
  const seen: BaseMessage[][] = [];
  const other = new FakeListChatModel({ responses: ["from elsewhere"] });
  const bound = {
    invoke: async (messages: BaseMessage[]) => {
      seen.push(messages);
      return new AIMessage("from elsewhere");
    },
  };
  Object.assign(other, { bindTools: () => bound });
  const agent = createAgent({
    ...plain.options,
    middleware: [
      laplasLongAnswerMiddleware({ continueAtCap: 0 }),
      modelFallbackMiddleware(other) as unknown as AgentMiddleware,
    ],
  });
  answer(world, { tool_calls: [call("c1", '{"text": "a long text')] }, "length");
  world.sandbox.fault({ kind: "publishedError", status: 401 }, { times: 9 });
  const { messages } = await agent.invoke(input);
  expect(written).toEqual([]);
  expect(messages.at(-1)?.text).toBe("from elsewhere");
  expect(seen[0]?.slice(1)).toMatchObject([
    { tool_calls: [{ id: "c1", name: "write_file" }], invalid_tool_calls: [] },
    { tool_call_id: "c1" },
  ]);
  // What the agent keeps says what has happened.
  expect(messages[1]).toMatchObject({ tool_calls: [], invalid_tool_calls: [{ id: "c1" }] });
});

it("stands beside the budget's middleware", async () => {
  const { agent: plain, world, written } = await openAgent();
  const middleware = [
    laplasBudgetMiddleware({ fallbacks: [] }),
    laplasLongAnswerMiddleware({ continueAtCap: 0, systemLine: true }),
  ] as const;
  const agent = createAgent({ model: world.chat(), tools: plain.options.tools ?? [], middleware });
  answer(world, { tool_calls: [call("c1", '{"text": "a long text')] }, "length");
  answer(world, { tool_calls: [call("c2", { text: "short" })] }, "tool_calls");
  answer(world, { content: "Done." }, "stop");
  expect((await agent.invoke(input)).laplasBudget).toEqual({ model: "gpt-4o-mini" });
  expect(written).toEqual(["short"]);
});

it("refuses a number of retries that is none", () => {
  expect(() => laplasLongAnswerMiddleware({ maxRetries: -1 })).toThrow(/maxRetries/);
});

describe("a deep agent", () => {
  const long = `{"file_path": "/report.md", "content": "${"A long report. ".repeat(130)}`;
  const first = "# Report\n";

  it("whose write_file is cut at 512 tokens, and not continued, writes the file in parts", async () => {
    const world = await openWorld();
    const agent = createDeepAgent({
      model: world.chat(),
      middleware: [laplasLongAnswerMiddleware({ continueAtCap: 0, systemLine: true })],
      checkpointer: new MemorySaver(),
    } as never);
    const config = { configurable: { thread_id: "1" } };
    answer(world, { tool_calls: [call("c1", long)] }, "length");
    answer(world, { tool_calls: [call("c2", { file_path: "/report.md", content: first })] }, "tool_calls");
    const edit = { file_path: "/report.md", old_string: first, new_string: `${first}All is well.\n` };
    answer(world, { tool_calls: [call("c3", edit, "edit_file")] }, "tool_calls");
    answer(world, { content: "Done." }, "stop");
    const messages = [new HumanMessage("Write a report")];
    const state = (await agent.invoke({ messages } as never, config as never)) as unknown as {
      messages: BaseMessage[];
      files: Record<string, { content: string }>;
    };
    expect(state.files["/report.md"]?.content).toBe(`${first}All is well.\n`);
    expect(state.messages.at(-1)?.text).toBe("Done.");
    expect(world.sandbox.requests).toHaveLength(4);
    expect(sent(world, 1).at(-1)).toMatchObject({
      role: "tool",
      tool_call_id: "c1",
      content: expect.stringContaining(reason),
    });
    // Deep agents take results out of the history whose calls could not be run. The model is told all the same.
    answer(world, { content: "You are welcome." }, "stop");
    await agent.invoke({ messages: [new HumanMessage("Thanks")] } as never, config as never);
    expect(sent(world, 4).filter(({ tool_call_id: id }) => id === "c1")).toMatchObject([
      { content: expect.stringContaining(reason) },
    ]);
  });

  it("without the middleware ends there, and says why", async () => {
    const world = await openWorld();
    const agent = createDeepAgent({ model: world.chat() } as never);
    answer(world, { tool_calls: [call("c1", long)] }, "length");
    const state = (await agent.invoke({ messages: [new HumanMessage("Write a report")] } as never)) as unknown as {
      messages: BaseMessage[];
    };
    expect(world.sandbox.requests).toHaveLength(1);
    expect(state.messages.at(-1)?.text).toContain(reason);
  });
});
