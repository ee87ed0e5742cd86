import { InMemoryCache } from "@langchain/core/caches";
import {
  AIMessage,
  type AIMessageChunk,
  HumanMessage,
  SystemMessage,
  type UsageMetadata,
} from "@langchain/core/messages";
import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { describe, expect, it } from "vitest";
import { openWorld } from "../testing/open-world.js";

/** What model tokens cost at gpt-4o-mini's rates. */
function priceOf({ usage_metadata: usage }: { usage_metadata?: UsageMetadata | undefined }): number {
  expect(usage?.total_tokens).toBe((usage?.input_tokens ?? 0) + (usage?.output_tokens ?? 0));
  return Math.round((usage?.input_tokens ?? 0) * 0.315) + Math.round((usage?.output_tokens ?? 0) * 1.26);
}

describe("ChatLaplas.invoke", () => {
  it("answers with text, usage in model tokens, and the report with what it cost", async () => {
    const { chat, sandbox } = await openWorld();
    const answer = await chat().invoke("Hello");
    expect(answer).toBeInstanceOf(AIMessage);
    expect(answer.text).not.toBe("");
    expect(answer.id).toMatch(/^chatcmpl/);
    // 16 API tokens at 0.315 and 1.26 each.
    expect(answer.usage_metadata).toEqual({
      input_tokens: 8,
      output_tokens: 10,
      total_tokens: 18,
      input_token_details: { audio: 0, cache_read: 0 },
      output_token_details: { audio: 0, reasoning: 0 },
    });
    expect(answer.response_metadata).toMatchObject({
      model_provider: "laplas",
      model_name: "gpt-4o-mini-2024-07-18",
      model: "gpt-4o-mini-2024-07-18",
      finish_reason: "stop",
      laplas: { apiTokens: sandbox.used(), attempts: 1, truncatedByTier: false, remaining: 50_000 - sandbox.used() },
    });
  });

  it("says in the report what was changed, and that the answer was cut", async () => {
    const { chat } = await openWorld();
    const answer = await chat({ maxTokens: 4000 }).invoke("Write an essay about the sea.");
    expect(answer.response_metadata.finish_reason).toBe("length");
    expect(answer.response_metadata.laplas).toMatchObject({
      truncatedByTier: true,
      adjusted: [{ field: "max_tokens", to: "max_tokens=512", rule: "output_tokens" }],
    });
  });

  it("keeps a conversation", async () => {
    const { chat, sandbox } = await openWorld();
    const model = chat();
    const first = new HumanMessage("My name is Ada.");
    const answer = await model.invoke([new SystemMessage("Be brief."), first]);
    await model.invoke([new SystemMessage("Be brief."), first, answer, new HumanMessage("What is my name?")]);
    expect(sandbox.requests[1]?.body).toMatchObject({
      messages: [{ role: "system" }, { role: "user" }, { role: "assistant", content: answer.text }, { role: "user" }],
    });
  });

  it("runs in a chain", async () => {
    const { chat } = await openWorld();
    const chain = ChatPromptTemplate.fromTemplate("Repeat the word: {word}")
      .pipe(chat())
      .pipe(new StringOutputParser());
    expect(await chain.invoke({ word: "lighthouse" })).toContain("lighthouse");
  });

  it("streams inside invoke where `streaming` is set", async () => {
    const { chat, sandbox } = await openWorld();
    const tokens: string[] = [];
    const answer = await chat({ streaming: true }).invoke("Count to 20", {
      callbacks: [{ handleLLMNewToken: (token: string) => void tokens.push(token) }],
    });
    expect(sandbox.requests[0]?.streamed).toBe(true);
    expect(tokens.join("")).toBe(answer.text);
    expect(priceOf(answer)).toBe(sandbox.used());
  });
});

describe("ChatLaplas.batch", () => {
  it("queues twenty calls one at a time, and none is refused", async () => {
    const { chat, sandbox } = await openWorld();
    const answers = await chat().batch(Array.from({ length: 20 }, (_, index) => `Repeat the word: n${index}`));
    expect(answers.map((answer) => answer.text)).toEqual(
      Array.from({ length: 20 }, (_, index) => expect.stringContaining(`n${index}`)),
    );
    expect(sandbox.counts()).toMatchObject({ answered: 20, refused: 0 });
  });
});

describe("ChatLaplas.stream", () => {
  it("yields the text in pieces, with names on the first and everything else on the last", async () => {
    const { chat, sandbox } = await openWorld();
    const chunks: AIMessageChunk[] = [];
    for await (const chunk of await chat().stream("Count to 30")) chunks.push(chunk);
    const whole = chunks.reduce((left, right) => left.concat(right));
    const last = chunks.at(-1);
    expect(chunks.length).toBeGreaterThan(10);
    expect(whole.text).toContain("1, 2, 3");
    expect(chunks[0]?.response_metadata).toMatchObject({
      model_provider: "laplas",
      model_name: "gpt-4o-mini-2024-07-18",
    });
    expect(
      chunks.slice(1, -1).every((chunk) => chunk.text !== "" && Object.keys(chunk.response_metadata).length === 0),
    ).toBe(true);
    expect(chunks.filter((chunk) => chunk.usage_metadata !== undefined)).toEqual([last]);
    expect(priceOf(whole)).toBe(sandbox.used());
    expect(whole.response_metadata).toMatchObject({
      model: "gpt-4o-mini-2024-07-18",
      finish_reason: "stop",
      laplas: { apiTokens: sandbox.used(), estimated: false },
    });
  });

  it("has the same id on every chunk, with and without a run to name them", async () => {
    const { chat } = await openWorld();
    const model = chat();
    for (const config of [{}, { callbacks: [{ handleLLMNewToken() {} }] }]) {
      const ids = new Set<string | undefined>();
      for await (const chunk of await model.stream("Count to 5", config)) ids.add(chunk.id);
      expect(ids.size).toBeLessThanOrEqual("callbacks" in config ? 1 : 2);
      ids.delete(undefined);
      expect(ids.size).toBe(1);
    }
  });

  it("leaves the usage out where it is not wanted", async () => {
    const { chat, sandbox } = await openWorld();
    let whole: AIMessageChunk | undefined;
    for await (const chunk of await chat({ streamUsage: false }).stream("Count to 5"))
      whole = whole?.concat(chunk) ?? chunk;
    expect(whole?.usage_metadata).toBeUndefined();
    expect(whole?.response_metadata.laplas).toMatchObject({ apiTokens: sandbox.used() });
  });

  it("lets another call be made inside the loop", async () => {
    const { chat, sandbox } = await openWorld();
    const model = chat();
    let inner: AIMessageChunk | undefined;
    for await (const _ of await model.stream("Count to 50")) inner ??= await model.invoke("Hello");
    expect(inner?.text).not.toBe("");
    expect(sandbox.counts().refused).toBe(0);
  });

  it("tells callbacks every token and the end", async () => {
    const { chat, sandbox } = await openWorld();
    const heard: string[] = [];
    let ended: { tokenUsage?: Record<string, number> } | undefined;
    let text = "";
    const stream = await chat().stream("Count to 5", {
      callbacks: [
        {
          handleLLMNewToken: (token: string) => void heard.push(token),
          handleLLMEnd: ({ llmOutput }: { llmOutput?: Record<string, unknown> }) => {
            ended = llmOutput;
          },
        },
      ],
    });
    for await (const chunk of stream) text += chunk.text;
    expect(heard.join("")).toBe(text);
    const { promptTokens = 0, completionTokens = 0, totalTokens } = ended?.tokenUsage ?? {};
    const usage = { input_tokens: promptTokens, output_tokens: completionTokens, total_tokens: totalTokens ?? 0 };
    expect(priceOf({ usage_metadata: usage })).toBe(sandbox.used());
  });
});

describe("ChatLaplas.streamEvents", () => {
  it("makes a message with usage and report of content-block events", async () => {
    const { chat, sandbox } = await openWorld();
    const stream = chat().streamEvents("Count to 20");
    let text = "";
    for await (const piece of stream.text) text += piece;
    const message = await stream;
    expect(message.text).toBe(text);
    expect(text).toContain("1, 2, 3");
    expect(priceOf(message)).toBe(sandbox.used());
    expect(message.response_metadata).toMatchObject({
      model_provider: "laplas",
      model: "gpt-4o-mini-2024-07-18",
      finish_reason: "stop",
      laplas: { apiTokens: sandbox.used() },
    });
  });

  it("works in the older version as well", async () => {
    const { chat } = await openWorld();
    const names = new Set<string>();
    for await (const event of chat().streamEvents("Count to 5", { version: "v2" })) names.add(event.event);
    expect(names).toEqual(new Set(["on_chat_model_start", "on_chat_model_stream", "on_chat_model_end"]));
  });
});

describe("output version v1", () => {
  it("puts standard blocks into the content, whole and streamed", async () => {
    const { chat } = await openWorld();
    const model = chat({ outputVersion: "v1" });
    const whole = await model.invoke("Repeat the word: sea");
    expect(whole.content).toEqual([{ type: "text", text: whole.text }]);
    let joined: AIMessageChunk | undefined;
    for await (const chunk of await model.stream("Repeat the word: sea")) joined = joined?.concat(chunk) ?? chunk;
    expect(joined?.contentBlocks).toEqual([{ type: "text", text: whole.text, index: 0 }]);
    expect(joined?.response_metadata.output_version).toBe("v1");
  });
});

describe("LangChain's cache", () => {
  it("answers a known question without a request, and keeps models apart", async () => {
    const { chat, sandbox } = await openWorld();
    const cache = new InMemoryCache(new Map());
    const mini = chat({ cache });
    const first = await mini.invoke("Hello");
    expect((await mini.invoke("Hello")).text).toBe(first.text);
    expect(sandbox.counts().received).toBe(1);
    await chat({ cache, model: "gpt-3.5-turbo" }).invoke("Hello");
    await chat({ cache, temperature: 0.3 }).invoke("Hello");
    expect(sandbox.counts().received).toBe(3);
  });
});
