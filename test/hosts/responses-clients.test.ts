import { describe, expect, it } from "vitest";
import { obeysLimits } from "../clients/limits.ts";
import { type Door, dayOf, openGateway, rejection } from "../clients/open-gateway.ts";
import { callClient, expectAllAnswered, expectOpenAIFailure, HELLO, WEATHER } from "./call-client.ts";
import { openPython } from "./python.ts";

const python = await openPython("clients");
const MODEL = { model: "gpt-4o-mini" };

const call = <Result>(door: Door, name: string, argument: object = MODEL): Promise<Result> =>
  callClient<Result>(python, door, "responses_client", name, { argument });

/** What a call of a new day would say of a day that one call has used up. */
async function usedUp(): Promise<Door> {
  const door = await openGateway({ laplas: { tier: dayOf(16) } });
  await door.laplas.chat({ ...MODEL, messages: [{ role: "user", content: "Hello" }] });
  return door;
}

describe.skipIf(python === undefined)("responses of the openai package of Python", () => {
  it("answer, with the five numbers of their usage", async () => {
    const door = await openGateway();
    expect(await call(door, "chat")).toEqual({
      text: HELLO,
      status: "completed",
      usage: { input: 13, cached: 0, output: 10, reasoning: 0, total: 23 },
      api_tokens: door.sandbox.used(),
    });
    expect(door.visits.map(({ path }) => path)).toEqual(["/v1/responses"]);
    expectAllAnswered(door, 1);
  });

  it("stream each event in its order, with the same text and usage at the end", async () => {
    const door = await openGateway();
    const { words, text, usage, ...rest } = await call<{
      words: string[];
      text: string;
      usage: Record<string, number>;
    }>(door, "stream");
    expect(rest).toEqual({
      types: [
        "response.created",
        "response.in_progress",
        "response.output_item.added",
        "response.content_part.added",
        "response.output_text.delta",
        "response.output_text.done",
        "response.content_part.done",
        "response.output_item.done",
        "response.completed",
      ],
      in_order: true,
    });
    expect(words.length).toBeGreaterThan(10);
    expect(words.join("")).toBe(text);
    expect(text).toContain("sea");
    const { input = 0, output = 0, total } = usage;
    expect(total).toBe(input + output);
    expect(Math.round(input * 0.315) + Math.round(output * 1.26)).toBe(door.sandbox.used());
    expectAllAnswered(door, 1);
  });

  it("stream a call into the package's own snapshot", async () => {
    const door = await openGateway();
    expect(await call(door, "snapshot")).toEqual({
      events: expect.any(Number),
      name: "get_weather",
      arguments: '{"city":"Lisbon"}',
      usage: { input: 61, cached: 0, output: 8, reasoning: 0, total: 69 },
    });
  });

  it("call tools, and answer from their outputs", async () => {
    const door = await openGateway();
    const calls = [["get_weather", { city: "Lisbon" }, "completed"]];
    expect(await call(door, "tools")).toEqual({ calls, text: WEATHER });
    expectAllAnswered(door, 2);
  });

  it("call a tool that takes text, and answer from its output", async () => {
    const door = await openGateway();
    const { deltas, input, ...rest } = await call<{ deltas: string[]; input: string }>(door, "custom");
    expect(rest).toEqual({ type: "custom_tool_call", name: "run_program", text: "It printed 42." });
    expect(deltas.join("")).toBe(input);
    expect(input).toMatch(/^[^{]/);
    expectAllAnswered(door, 2);
  });

  it("come to clients that don't block, at the same time", async () => {
    const door = await openGateway();
    expect(await call(door, "asynchronous")).toEqual({ text: HELLO, streamed: expect.stringContaining("sea") });
    expectAllAnswered(door, 2);
  });

  it("can't be fetched later", async () => {
    const door = await openGateway();
    const thrown = await rejection(call(door, "stored"));
    expectOpenAIFailure(thrown, { status: 400, code: "response_not_stored", message: /not stored/ });
  });

  it.each(["chat", "stream", "parsed", "asynchronous"])("say of a used-up day when it resets: %s", async (name) => {
    const door = await usedUp();
    const thrown = await rejection(call(door, name));
    expectOpenAIFailure(thrown, { status: 429, code: "free_tier_daily_quota", message: /will reset at 2026-03-11/ });
    expect(thrown).toMatchObject({ retry_after: 43_202 });
    expect(new Set(door.statuses())).toEqual(new Set([429]));
    expect(door.visits.length).toBe(name === "asynchronous" ? 2 : 1);
  });

  obeysLimits("gateway", {
    ask: (door, question) => call<string>(door, "ask", question),
    error: expectOpenAIFailure,
  });
});
