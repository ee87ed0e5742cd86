import { setImmediate } from "node:timers/promises";
import { ChatOpenAI } from "@langchain/openai";
import { createLaplas } from "@laplas/core";
import { ChatLaplas } from "@laplas/langchain";
import { longText } from "@laplas/sandbox";
import OpenAI from "openai";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { type Door, openGateway } from "./open-gateway.ts";

/** Three parts. */
const TEXT = longText({ kind: "sentences", tokens: 1_200 });
const MODEL = "gpt-4o-mini";

/** A client's own `fetch`, which counts the comments that come over the socket. */
function countComments() {
  let text = "";
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const response = await globalThis.fetch(input, init);
    const decoder = new TextDecoder();
    const counter = new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        text += decoder.decode(chunk, { stream: true });
        controller.enqueue(chunk);
      },
    });
    return new Response(response.body?.pipeThrough(counter), response);
  };
  return { fetch, comments: () => text.split("\n\n").filter((event) => event === ": waiting").length };
}

type Ask = (door: Door, fetch: typeof globalThis.fetch) => Promise<string>;

const askOpenAI: Ask = async ({ baseURL }, fetch) => {
  const client = new OpenAI({ baseURL, apiKey: "any", fetch });
  const messages = [{ role: "user", content: "Write" }] as const;
  let said = "";
  for await (const { choices } of await client.chat.completions.create({
    model: MODEL,
    messages: [...messages],
    stream: true,
  })) {
    said += choices[0]?.delta.content ?? "";
  }
  return said;
};

const askLangChain: Ask = async ({ baseURL }, fetch) => {
  const model = new ChatOpenAI({ model: MODEL, apiKey: "any", configuration: { baseURL, fetch } });
  let said = "";
  for await (const chunk of await model.stream("Write")) said += chunk.text;
  return said;
};

const askChatLaplas: Ask = async ({ baseURL }, fetch) => {
  const model = new ChatLaplas({ model: MODEL, apiKey: "any", baseURL, fetch, tier: "paid", ledger: "memory" });
  let said = "";
  for await (const chunk of await model.stream("Write")) said += chunk.text;
  return said;
};

const askEngine: Ask = async ({ baseURL }, fetch) => {
  const laplas = createLaplas({ apiKey: "any", baseURL, fetch, tier: "paid", ledger: "memory" });
  onTestFinished(() => laplas.close());
  let said = "";
  for await (const { choices } of laplas.chatStream({ model: MODEL, messages: [{ role: "user", content: "Write" }] })) {
    said += choices[0]?.delta.content ?? "";
  }
  return said;
};

describe("the comments of a stream whose next request is silent", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] }));
  afterEach(() => void vi.useRealTimers());

  it.each<[string, Ask]>([
    ["openai", askOpenAI],
    ["LangChain's ChatOpenAI", askLangChain],
    ["our ChatLaplas", askChatLaplas],
    ["our engine", askEngine],
  ])("come over the socket, and are nothing to %s", async (_, ask) => {
    const door = await openGateway({ laplas: { continueAtCap: 8 } });
    const answered = Promise.withResolvers<void>();
    door.sandbox.write({ text: TEXT });
    door.sandbox.fault(
      { kind: "hold", until: answered.promise },
      { when: ({ body }) => (body as { messages?: unknown[] } | undefined)?.messages?.length === 3 },
    );
    const { fetch, comments } = countComments();
    const said = ask(door, fetch);
    await Promise.race([door.sandbox.received(2), said]);
    while (comments() < 3) {
      await vi.advanceTimersByTimeAsync(10_000);
      await setImmediate();
    }
    answered.resolve();
    expect(await said).toBe(TEXT);
    expect(door.sandbox.counts()).toMatchObject({ received: 3, refused: 0 });
  });
});
