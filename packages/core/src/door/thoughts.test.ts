import { createParser } from "eventsource-parser";
import { describe, expect, it } from "vitest";
import type { ChatCompletion, ChatCompletionChunk } from "../request/wire-types.js";
import { ask, createPair, createTestEngine } from "../testing/engine.js";
import { chunk, eventStream, serve } from "../testing/server.js";

const CHAT = "http://x/v1/chat/completions";
const QWQ = "Qwen/QwQ-32B";
const QUESTION = "What is 6 * 7?";

function post(body: object): RequestInit {
  return { method: "POST", body: JSON.stringify(body) };
}

function eventsOf(text: string): string[] {
  const events: string[] = [];
  createParser({ onEvent: ({ data }) => void events.push(data) }).feed(text);
  return events;
}

/** What a client puts together from the text of a stream. */
function collect(text: string) {
  const events = eventsOf(text);
  expect(events.at(-1)).toBe("[DONE]");
  const chunks = events.slice(0, -1).map((event) => JSON.parse(event) as ChatCompletionChunk);
  const deltas = chunks.flatMap(({ choices }) => choices.map(({ delta }) => delta));
  return {
    chunks,
    content: deltas.map(({ content }) => content ?? "").join(""),
    reasoning: deltas.map(({ reasoning_content: reasoning }) => reasoning ?? "").join(""),
  };
}

describe("thoughts inside the text, at the fetch door", () => {
  it("come in a field of their own, whole and streamed, at the price of the answer", async () => {
    const { laplas, sandbox } = await createPair();
    const response = await laplas.fetch(CHAT, post(ask(QUESTION, { model: QWQ })));
    const { choices, usage } = (await response.json()) as ChatCompletion;
    const [choice] = choices;
    expect(choice).toMatchObject({ finish_reason: "stop", message: { content: "6 * 7 is 42." } });
    expect(choice?.message.reasoning_content).toMatch(/^Okay[^<]{80,}\.$/);
    expect(response.headers.get("x-laplas-api-tokens")).toBe(String(usage?.api_tokens));

    const streamed = await laplas.fetch(CHAT, post(ask(QUESTION, { model: QWQ, stream: true })));
    const { chunks, content, reasoning } = collect(await streamed.text());
    expect({ content, reasoning_content: reasoning }).toEqual({
      content: choice?.message.content,
      reasoning_content: choice?.message.reasoning_content,
    });
    expect(chunks.filter(({ choices: [each] }) => each?.delta.reasoning_content).length).toBeGreaterThan(10);
    expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe("stop");
    expect(sandbox.counts()).toMatchObject({ answered: 2, refused: 0 });
  });

  it("are all of an answer that the tier cuts while the model thinks", async () => {
    const { laplas } = await createPair();
    const request = ask(QUESTION, { model: QWQ, max_tokens: 10 });
    const whole = (await (await laplas.fetch(CHAT, post(request))).json()) as ChatCompletion;
    expect(whole.choices[0]).toMatchObject({ finish_reason: "length", message: { content: "" } });
    const { content, reasoning } = collect(await (await laplas.fetch(CHAT, post({ ...request, stream: true }))).text());
    expect({ content, reasoning }).toEqual({ content: "", reasoning: whole.choices[0]?.message.reasoning_content });
  });

  it("may come back with the conversation, and are not sent on", async () => {
    const { laplas, sandbox } = await createPair();
    for (const model of [QWQ, "deepseek/deepseek-r1"]) {
      const first = (await (await laplas.fetch(CHAT, post(ask(QUESTION, { model })))).json()) as ChatCompletion;
      const said = first.choices[0]?.message;
      expect(said?.reasoning_content).toEqual(expect.any(String));
      const messages = [{ role: "user", content: QUESTION }, said, { role: "user", content: "Hello" }];
      const next = await laplas.fetch(CHAT, post({ model, messages }));
      expect(next.status).toBe(200);
      expect(next.headers.get("x-laplas-adjusted")).toContain("messages=without_extras");
      const sent = [expect.anything(), { role: "assistant", content: said?.content }, expect.anything()];
      expect(sandbox.requests.at(-1)?.body).toMatchObject({ messages: sent });
    }
    expect(sandbox.counts()).toMatchObject({ refused: 0 });
  });

  it("are found in the answers of unknown models by their first mark, without a change of price", async () => {
    const events = [chunk("<think>six"), chunk(" times</think>"), chunk("42"), chunk("", "stop"), "[DONE]"];
    const text = eventStream(...events);
    const url = await serve((_, response) => response.setHeader("content-type", "text/event-stream").end(text));
    const { laplas } = createTestEngine(url, { unknownModels: "send" });
    const prices: (number | undefined)[] = [];
    for (const [model, content, reasoning] of [
      ["somebody/new", "42", "six times"],
      ["gpt-4o", "<think>six times</think>42", ""],
    ] as const) {
      const stream = laplas.chatStream(ask("Hello", { model }));
      const deltas = [];
      for await (const { choices } of stream) deltas.push(choices[0]?.delta);
      expect(deltas.map((delta) => delta?.content ?? "").join("")).toBe(content);
      expect(deltas.map((delta) => delta?.reasoning_content ?? "").join("")).toBe(reasoning);
      prices.push((await stream.report).apiTokens ?? 0);
    }
    // The server names no cost, so both are estimated from the characters that came, at the same rates.
    expect(prices).toEqual([expect.any(Number), prices[0]]);
  });

  it("have been set apart by the server of other models: their events pass as they are", async () => {
    const odd = (delta: object, finish: string | null = null): string =>
      JSON.stringify({ choices: [{ finish_reason: finish, delta, index: 0 }], odd: [1.0, "\u00e9"] });
    const events = [
      odd({ reasoning_content: "six" }),
      odd({ content: "</think> is " }),
      odd({ content: "42" }, "stop"),
    ];
    const url = await serve((_, response) => response.end(eventStream(...events, "[DONE]")));
    const { laplas } = createTestEngine(url);
    const request = ask("Hello", { model: "deepseek-reasoner", stream: true });
    expect(eventsOf(await (await laplas.fetch(CHAT, post(request))).text())).toEqual([...events, "[DONE]"]);
  });

  it("held back at the end of a stream that breaks off reach the reader before the error", async () => {
    const url = await serve((_, response) => response.end(eventStream(chunk("Okay, "), chunk("so"))));
    const { laplas } = createTestEngine(url);
    const events = eventsOf(await (await laplas.fetch(CHAT, post(ask("Hi", { model: QWQ, stream: true })))).text());
    expect(events.slice(0, -1).map((event) => JSON.parse(event).choices[0].delta.content)).toEqual([
      "",
      "",
      "Okay, so",
    ]);
    expect(JSON.parse(events.at(-1) ?? "")).toMatchObject({ error: { code: "free_tier_network" } });
  });
});
