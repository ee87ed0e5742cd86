import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { ChatOpenAI } from "@langchain/openai";
import { ChatLaplas } from "@laplas/langchain";
import { longText } from "@laplas/sandbox";
import { Agent, tool as agentsTool, OpenAIProvider, Runner } from "@openai/agents";
import { tool as aiTool, generateObject, generateText, isStepCount, Output, streamText } from "ai";
import { createAgent, tool as langchainTool } from "langchain";
import OpenAI from "openai";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { collect } from "../clients/open-gateway.ts";
import { expectNoRefusal, openLong } from "./open-long.ts";

/** Clients as their documentation writes them: none of them knows that an answer was several. */

const MODEL = "gpt-4o-mini";
const TEXT = longText({ tokens: 3_000 });
const FILE = longText({ kind: "file" });
const LIST = longText({ kind: "list", tokens: 1_500 });
const item = z.object({ id: z.int(), name: z.string(), note: z.string(), sold: z.boolean().nullable() });
const list = z.object({ items: z.array(item) });
const fileFields = z.object({ path: z.string(), content: z.string() });
const baseURL = "http://nobody.invalid/v1";

async function openClients() {
  const opened = await openLong();
  const { laplas, sandbox } = opened;
  const openai = new OpenAI({ baseURL, apiKey: "unused", fetch: laplas.fetch, maxRetries: 0 });
  const langchain = new ChatOpenAI({ model: MODEL, apiKey: "unused", configuration: { baseURL, fetch: laplas.fetch } });
  const vercel = createOpenAICompatible({
    name: "laplas",
    baseURL,
    apiKey: "unused",
    includeUsage: true,
    supportsStructuredOutputs: true,
    fetch: laplas.fetch,
  })(MODEL);
  const files: { path: string; content: string }[] = [];
  /** The tool that agents write a file with; then the model says that it is done. */
  const writeFile = {
    name: "write_file",
    description: "Writes a file",
    execute: (file: { path: string; content: string }): string => {
      files.push(file);
      return "Written.";
    },
  };
  return { ...opened, sandbox, openai, langchain, vercel, files, writeFile };
}

describe("the openai package", () => {
  it("gets a text of 3,000 tokens, whole and streamed", async () => {
    const { sandbox, openai } = await openClients();
    sandbox.write({ text: TEXT }, { times: 3 });
    const asked = { model: MODEL, messages: [{ role: "user" as const, content: "Write." }], max_tokens: 4_000 };
    const whole = await openai.chat.completions.create(asked);
    expect(whole.choices).toMatchObject([{ message: { content: TEXT }, finish_reason: "stop" }]);
    const stream = openai.chat.completions.stream({ ...asked, stream_options: { include_usage: true } });
    const final = await stream.finalChatCompletion();
    expect(final.choices).toMatchObject([{ message: { content: TEXT }, finish_reason: "stop" }]);
    expect(final.usage?.total_tokens).toBe(whole.usage?.total_tokens);
    const chunks = await collect(await openai.chat.completions.create({ ...asked, stream: true }));
    expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? "").join("")).toBe(TEXT);
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
    expectNoRefusal(sandbox);
  });

  it("parses a list that is longer than the tier allows", async () => {
    const { sandbox, openai } = await openClients();
    sandbox.write({ text: LIST, as: "json" });
    const schema = { ...z.toJSONSchema(list), $schema: undefined };
    const { choices } = await openai.chat.completions.parse({
      model: MODEL,
      messages: [{ role: "user", content: "List them." }],
      response_format: { type: "json_schema", json_schema: { name: "list", strict: true, schema } },
    });
    expect(choices[0]?.message.parsed).toEqual(JSON.parse(LIST));
    expectNoRefusal(sandbox);
  });
});

describe("the Vercel AI SDK", () => {
  it("gets a list of 100 objects", async () => {
    const { sandbox, vercel } = await openClients();
    const { items } = list.parse(JSON.parse(longText({ kind: "list" })));
    const hundred = items.slice(0, 100);
    sandbox.write({ text: JSON.stringify({ elements: hundred }), as: "json" }, { times: 2 });
    const asked = { model: vercel, prompt: "List them.", output: Output.array({ element: item }) };
    expect((await generateText(asked)).output).toEqual(hundred);
    expect(await streamText(asked).output).toEqual(hundred);
    sandbox.write({ text: JSON.stringify({ items: hundred }), as: "json" });
    const { object } = await generateObject({ model: vercel, prompt: "List them.", schema: list });
    expect(object.items).toEqual(hundred);
    expect(sandbox.requests.length).toBeGreaterThan(4);
    expectNoRefusal(sandbox);
  });

  it("writes a file of 6 kB by a tool, streamed", async () => {
    const { sandbox, vercel, files, writeFile } = await openClients();
    sandbox.write({ kind: "file", tool: "write_file" });
    const { execute, description } = writeFile;
    const tools = {
      write_file: aiTool({ description, inputSchema: fileFields, execute: async (file) => execute(file) }),
    };
    const { text } = streamText({ model: vercel, prompt: "Write a file.", tools, stopWhen: isStepCount(3) });
    expect(await text).not.toBe("");
    expect(files.map(({ content }) => content)).toEqual([FILE]);
    expectNoRefusal(sandbox);
  });
});

it("the OpenAI Agents SDK writes a file of 6 kB and goes on", async () => {
  const { sandbox, openai, files, writeFile } = await openClients();
  sandbox.write({ kind: "file", tool: "write_file" });
  const { name, description, execute } = writeFile;
  const tools = [agentsTool({ name, description, parameters: fileFields, execute: async (file) => execute(file) })];
  const agent = new Agent({ name: "Writer", model: MODEL, tools });
  const modelProvider = new OpenAIProvider({ openAIClient: openai, useResponses: false });
  const { finalOutput } = await new Runner({ modelProvider, tracingDisabled: true }).run(agent, "Write a file.");
  expect(finalOutput).toContain("Written");
  expect(files.map(({ content }) => content)).toEqual([FILE]);
  expectNoRefusal(sandbox);
});

describe.each(["ChatLaplas", "ChatOpenAI"] as const)("LangChain's %s", (className) => {
  async function openModel() {
    const opened = await openClients();
    const { laplas, langchain } = opened;
    const model: BaseChatModel =
      className === "ChatLaplas" ? new ChatLaplas({ model: MODEL, engine: laplas }) : langchain;
    return { ...opened, model };
  }

  it("gets a text of 3,000 tokens, whole and streamed", async () => {
    const { sandbox, model } = await openModel();
    sandbox.write({ text: TEXT }, { times: 2 });
    expect((await model.invoke("Write.")).text).toBe(TEXT);
    const chunks = await collect(await model.stream("Write."));
    expect(chunks.map(({ text }) => text).join("")).toBe(TEXT);
    expectNoRefusal(sandbox);
  });

  it.each(["jsonSchema", "functionCalling"] as const)(
    "gives a list of 100 as structured output by %s",
    async (method) => {
      const { sandbox, model } = await openModel();
      const { items } = list.parse(JSON.parse(longText({ kind: "list" })));
      const hundred = { items: items.slice(0, 100) };
      sandbox.write({ text: JSON.stringify(hundred), as: method === "jsonSchema" ? "json" : "tool" });
      const structured = model.withStructuredOutput<z.infer<typeof list>>(list, { method });
      expect(await structured.invoke("List them.")).toEqual(hundred);
      expectNoRefusal(sandbox);
    },
  );

  it("in an agent writes a file of 6 kB, and the agent goes on", async () => {
    const { sandbox, model, files, writeFile } = await openModel();
    sandbox.write({ kind: "file", tool: "write_file" });
    const { name, description, execute } = writeFile;
    const tools = [langchainTool((file) => execute(file), { name, description, schema: fileFields })];
    const { messages } = await createAgent({ model, tools }).invoke({ messages: "Write a file." });
    expect(messages.at(-1)?.text).toContain("Written");
    expect(files.map(({ content }) => content)).toEqual([FILE]);
    expectNoRefusal(sandbox);
  });
});
