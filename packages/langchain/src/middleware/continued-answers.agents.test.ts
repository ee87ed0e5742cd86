import type { AIMessage, BaseMessage } from "@langchain/core/messages";
import { HumanMessage } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import { MemorySaver } from "@langchain/langgraph";
import { longText } from "@laplas/sandbox";
import { createDeepAgent } from "deepagents";
import { createAgent, providerStrategy, toolStrategy } from "langchain";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { reportOf } from "../messages/report-of.js";
import { laplasLongAnswerMiddleware } from "../middleware.js";
import { openWorld, rejection, type World } from "../testing/open-world.js";

const content = longText({ kind: "file" });
const input = { messages: "Write a long file" };
const file = { file_path: "/report.ts", content };
const MODELS = [
  "gpt-4o-mini",
  "meta-llama/Llama-3.3-70B-Instruct-Turbo",
  "claude-3-haiku-20240307",
  "gemini-1.5-flash",
];

/** The next answer is a call that writes the file. */
function writeFile({ sandbox }: World, draft: object = {}) {
  sandbox.write({ text: JSON.stringify(file), as: "tool", tool: "write_file", ...draft });
}

/** An agent with a tool that keeps what it is given. */
async function openAgent(options?: Parameters<typeof laplasLongAnswerMiddleware>[0], more: object = {}) {
  const world = await openWorld();
  const written: string[] = [];
  const write = tool(
    (args: typeof file) => {
      written.push(args.content);
      return "written";
    },
    {
      name: "write_file",
      description: "Writes a file",
      schema: z.object({ file_path: z.string(), content: z.string() }),
    },
  );
  const agent = createAgent({
    model: world.chat(),
    tools: [write],
    middleware: [laplasLongAnswerMiddleware(options)],
    ...more,
  });
  return { agent, world, written };
}

/** How often the model was asked anew: follow-ups are not. */
function turns({ sandbox }: World): number {
  return sandbox.requests.filter(({ body }) => !JSON.stringify(body).includes("<<<")).length;
}

describe("an agent's long tool call", () => {
  it.each([{}, { streaming: true }, { outputVersion: "v1" }, { outputVersion: "v1", streaming: true }] as const)(
    "is continued and runs once, in every mode of the agent, with %j",
    async (settings) => {
      for (const mode of ["invoke", "values", "messages", "updates", "v2", "v3"] as const) {
        const { agent: plain, world, written } = await openAgent();
        const agent = createAgent({ ...plain.options, model: world.chat(settings) });
        writeFile(world);
        if (mode === "invoke") await agent.invoke(input);
        else if (mode === "v3") await (await agent.streamEvents(input, { version: "v3" })).output;
        else if (mode === "v2") for await (const _ of agent.streamEvents(input, { version: "v2" }));
        else for await (const _ of await agent.stream(input, { streamMode: mode }));
        expect(written, mode).toEqual([content]);
        expect(turns(world), mode).toBe(2);
        expect(world.sandbox.counts(), mode).toMatchObject({ refused: 0 });
      }
    },
  );

  it("that can't be continued is asked for again, with the reason", async () => {
    const { agent, world, written } = await openAgent();
    writeFile(world, { habit: "changesMind" });
    world.sandbox.write({ text: JSON.stringify({ ...file, content: "short" }), as: "tool" });
    const { messages } = await agent.invoke(input);
    expect(written).toEqual(["short"]);
    expect(messages.map(({ type }) => type).slice(0, 5)).toEqual(["human", "ai", "tool", "ai", "tool"]);
    expect(reportOf(messages[1] as AIMessage)).toMatchObject({ ended: "no_proof" });
    expect(messages[2]?.text).toContain("was not run");
    expect(turns(world)).toBe(3);
  });

  it("is continued as the model or the call says, and not at all with 0", async () => {
    const parts = async (options: object, model: object, settings: object = {}) => {
      const { agent: plain, world } = await openAgent({ maxRetries: 0, ...options });
      const agent = createAgent({ ...plain.options, model: world.chat(model).withConfig(settings) as never });
      writeFile(world);
      const { messages } = await agent.invoke(input);
      return reportOf(messages[1] as AIMessage)?.parts?.length;
    };
    expect(await parts({}, {})).toBe(4);
    expect(await parts({ continueAtCap: 1 }, {})).toBe(2);
    expect(await parts({ continueAtCap: 0 }, {})).toBeUndefined();
    expect(await parts({}, { continueAtCap: 0 })).toBeUndefined();
    expect(await parts({}, { continueAtCap: 2 })).toBe(3);
    expect(await parts({}, {}, { continueAtCap: 1 })).toBe(2);
  });

  it("leaves models of other vendors their settings", async () => {
    const seen: object[] = [];
    const other = new FakeListChatModel({ responses: ["from elsewhere"] });
    Object.assign(other, {
      bindTools: (_: unknown, options: object) => {
        seen.push(options);
        return other;
      },
    });
    const { agent: plain } = await openAgent();
    await createAgent({ ...plain.options, model: other }).invoke(input);
    expect(seen.length).toBeGreaterThan(0);
    for (const options of seen) expect(options).not.toHaveProperty("continueAtCap");
  });
});

it("streams a long text as one message, to those who collect by id as well", async () => {
  const text = longText({ tokens: 1_200 });
  const { agent, world } = await openAgent();
  world.sandbox.write({ text, as: "text" });
  const ids = new Set<string | undefined>();
  let said = "";
  for await (const [chunk] of await agent.stream({ messages: "Tell me a story" }, { streamMode: "messages" })) {
    ids.add((chunk as BaseMessage).id);
    said += (chunk as BaseMessage).text;
  }
  expect([said, ids.size]).toEqual([text, 1]);
  expect(turns(world)).toBe(1);
});

describe("an agent's long structured answer", () => {
  const schema = z.object({ items: z.array(z.object({ number: z.number(), name: z.string(), note: z.string() })) });
  const items = Array.from({ length: 100 }, (_, index) => ({
    number: index + 1,
    name: `Shell ${index}`,
    note: `Found below pier ${(index * 7) % 31}`,
  }));
  const text = JSON.stringify({ items });
  const byTool = toolStrategy(schema);
  const FORMATS = {
    tool: { responseFormat: byTool, draft: { text, tool: byTool[0]?.name ?? "" } },
    format: { responseFormat: providerStrategy(schema), draft: { text } },
  };

  it.each(["tool", "format"] as const)("comes whole by a %s", async (by) => {
    const { responseFormat, draft } = FORMATS[by];
    for (const model of MODELS) {
      const world = await openWorld();
      const agent = createAgent({
        model: world.chat({ model }),
        middleware: [laplasLongAnswerMiddleware()],
        responseFormat: responseFormat as never,
      });
      world.sandbox.write(draft);
      expect(await agent.invoke({ messages: "List shells" }), model).toMatchObject({ structuredResponse: { items } });
      expect(turns(world), model).toBe(1);
      expect(world.sandbox.counts(), model).toMatchObject({ refused: 0 });
    }
  });

  it.each(["tool", "format"] as const)("that stays cut is output_tokens with the text so far, by a %s", async (by) => {
    const { responseFormat, draft } = FORMATS[by];
    const { agent, world } = await openAgent({ continueAtCap: 1, maxRetries: 0 }, { responseFormat });
    world.sandbox.write(draft);
    const error = await rejection(agent.invoke({ messages: "List shells" }));
    expect(error).toMatchObject({ cause: { code: "output_tokens" } });
    const { cause } = error as { cause: { message: string; completed: string } };
    expect(text.startsWith(cause.completed) && cause.completed.length > 2_000).toBe(true);
    expect(cause.message).toContain("after 2 parts (ended: parts)");
  });
});

it("states the length of a continued answer in the system prompt", async () => {
  const { agent, world } = await openAgent({ systemLine: true });
  await agent.invoke({ messages: "Hello" });
  expect(JSON.stringify(world.sandbox.requests[0]?.body)).toContain("may have 4192 tokens (about 3144 words)");
});

it("refuses a number of follow-ups that is none", () => {
  for (const continueAtCap of [-1, 101])
    expect(() => laplasLongAnswerMiddleware({ continueAtCap })).toThrow(/"continueAtCap" .* from 0 to 100/);
});

describe("a deep agent", () => {
  it.each(MODELS)("on %s writes a file of 6 kB in one call", async (model) => {
    const world = await openWorld();
    const agent = createDeepAgent({
      model: world.chat({ model }),
      middleware: [laplasLongAnswerMiddleware({ systemLine: true })],
      checkpointer: new MemorySaver(),
    } as never);
    writeFile(world);
    const state = (await agent.invoke({ messages: [new HumanMessage("Write a report")] } as never, {
      configurable: { thread_id: "1" },
    })) as unknown as { messages: BaseMessage[]; files: Record<string, { content: string }> };
    expect(content.length).toBeGreaterThan(6_000);
    expect(state.files["/report.ts"]?.content).toBe(content);
    expect(turns(world)).toBe(2);
    expect(world.sandbox.counts()).toMatchObject({ refused: 0 });
  });
});
