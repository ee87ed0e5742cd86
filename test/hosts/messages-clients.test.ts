import { describe, expect, it } from "vitest";
import { obeysLimits } from "../clients/limits.ts";
import { type Door, dayOf, openGateway, rejection } from "../clients/open-gateway.ts";
import { callClient, expectAllAnswered, expectClass, HELLO, WEATHER } from "./call-client.ts";
import { openPython } from "./python.ts";

const python = await openPython("clients");
const MODEL = "gpt-4o-mini";

const call = <Result>(door: Door, name: string, argument: object = { model: MODEL }): Promise<Result> =>
  callClient<Result>(python, door, "anthropic_client", name, { argument });

describe.skipIf(python === undefined)("messages of Anthropic's package of Python", () => {
  it("answer, with usage and the request's id", async () => {
    const door = await openGateway();
    expect(await call(door, "chat")).toEqual({
      text: HELLO,
      stop: "end_turn",
      usage: { input: 13, cache_read: 0, cache_creation: 0, output: 10 },
      has_id: true,
      api_tokens: door.sandbox.used(),
    });
    expect(door.visits.map(({ path }) => path)).toEqual(["/v1/messages"]);
    expectAllAnswered(door, 1);
  });

  it("stream, with the same text and the true usage at the end", async () => {
    const door = await openGateway();
    type Streamed = { words: string[]; text: string; usage: { input: number; output: number } };
    const { words, text, usage, ...rest } = await call<Streamed>(door, "stream");
    expect(rest).toEqual({ stop: "end_turn" });
    expect(words.length).toBeGreaterThan(10);
    expect(words.join("")).toBe(text);
    expect(text).toContain("sea");
    expect(Math.round(usage.input * 0.315) + Math.round(usage.output * 1.26)).toBe(door.sandbox.used());
    expectAllAnswered(door, 1);
  });

  it("stream events in Anthropic's order", async () => {
    const around = ["message_start", "content_block_start", "content_block_stop", "message_delta", "message_stop"];
    expect(await call(await openGateway(), "events")).toEqual(around);
  });

  it("call tools, and answer from their results", async () => {
    const door = await openGateway();
    const calls = [["get_weather", { city: "Lisbon" }]];
    expect(await call(door, "tools")).toEqual({ stop: "tool_use", calls, text: WEATHER });
    expectAllAnswered(door, 2);
  });

  it("stream the arguments of a call", async () => {
    const door = await openGateway();
    const { parts, ...rest } = await call<{ parts: string }>(door, "tools_stream");
    expect(rest).toEqual({ input: { city: "Lisbon" }, stop: "tool_use" });
    expect(JSON.parse(parts)).toEqual({ city: "Lisbon" });
  });

  it("run tools in the package's own loop, which asks for a thread and goes on without", async () => {
    const door = await openGateway();
    expect(await call(door, "runner")).toEqual(WEATHER);
    expect(door.statuses()).toEqual([200, 404, 200]);
    expect(door.sandbox.counts()).toMatchObject({ received: 2, refused: 0 });
  });

  it("are a conversation where a thread is asked for, each turn sent whole", async () => {
    const door = await openGateway();
    expect(await call(door, "thread")).toEqual([HELLO, expect.stringContaining("weather in Lisbon"), HELLO]);
    expect(door.statuses()).toEqual([200, 404, 200, 404, 200]);
    const [, , third] = door.sandbox.requests;
    expect(JSON.stringify(third)).toMatch(/Hello.*Hello there!.*weather in Lisbon.*Hello/);
    expect(door.sandbox.counts()).toMatchObject({ received: 3, refused: 0 });
  });

  it("have thoughts, and take them back, of a model that thinks", async () => {
    const door = await openGateway();
    expect(await call(door, "thinking", { model: "Qwen/QwQ-32B" })).toEqual({
      whole: ["thinking", "text"],
      streamed: ["thinking", "text"],
      thoughts: expect.stringMatching(/^Okay/),
      text: "6 * 7 is 42.",
      after: "end_turn",
    });
    expectAllAnswered(door, 3);
  });

  it("have none where a budget does not fit under the tier's limit, and say so", async () => {
    const door = await openGateway();
    const text = { whole: ["text"], streamed: ["text"], thoughts: "", text: "6 * 7 is 42.", after: "end_turn" };
    expect(await call(door, "thinking", { model: "claude-3-5-sonnet-latest" })).toEqual(text);
    for (const { headers } of door.visits) expect(headers.get("x-laplas-adjusted")).toContain("thinking=removed");
  });

  it("come to clients that don't block", async () => {
    const door = await openGateway();
    expect(await call(door, "asynchronous")).toEqual({ text: HELLO, streamed: expect.stringContaining("sea") });
    expectAllAnswered(door, 2);
  });

  it("have their tokens counted without a call", async () => {
    const door = await openGateway();
    expect(await call(door, "count")).toBeGreaterThan(20);
    expect(door.visits).toMatchObject([{ path: "/v1/messages/count_tokens", status: 200 }]);
    expect(door.sandbox.counts().received).toBe(0);
  });

  it("are answered by models that are listed page by page", async () => {
    const door = await openGateway();
    const { listed, one } = await call<{ listed: string[]; one: unknown }>(door, "models");
    expect(one).toEqual([MODEL, "model"]);
    expect(listed).toContain(MODEL);
    expect(new Set(listed).size).toBe(listed.length);
    expect(door.visits.length).toBe(Math.ceil(listed.length / 20) + 1);
  });

  it.each(["chat", "stream", "runner", "asynchronous"])("say of a used-up day when it resets: %s", async (name) => {
    const door = await openGateway({ laplas: { tier: dayOf(16) } });
    await door.laplas.chat({ model: MODEL, messages: [{ role: "user", content: "Hello" }] });
    const thrown = await rejection(call(door, name));
    expectClass(thrown, "anthropic", 429);
    expect(thrown).toMatchObject({ message: expect.stringContaining("will reset at 2026-03-11"), retry_after: 43_202 });
    expect(door.statuses()).toEqual([429]);
  });

  obeysLimits("gateway", {
    ask: (door, question) => call<string>(door, "ask", question),
    error(thrown, { status, message }) {
      expectClass(thrown, "anthropic", status);
      expect(thrown).toMatchObject({ status, message: expect.stringMatching(message) });
    },
  });
});
