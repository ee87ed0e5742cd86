import { describe, expect, it } from "vitest";
import { rejection } from "../testing/engine.js";
import { answerOf, createTestPool, documentOf, errorOf, ruleOf, type TestPool, windowOf } from "../testing/pool.js";

const busy = (id: string) =>
  documentOf(id, [windowOf(100), ruleOf({ id: "one_at_once", kind: "concurrency", limit: 1 })]);
const say = (model: string, content: string) => ({ model, messages: [{ role: "user" as const, content }] });
const answered = async ({ engine }: TestPool, model: string, content: string): Promise<string> =>
  (await engine.chat(say(model, content))).laplas.provider;
const waiting = async ({ engine }: TestPool): Promise<number[]> =>
  (await engine.statuses()).map((status) => status.waiting);

/** Two providers with one slot each, which answer when their gates open. */
function gatedPool(): {
  readonly pool: TestPool;
  readonly gates: Readonly<Record<"one" | "two", PromiseWithResolvers<void>>>;
} {
  const gates = { one: Promise.withResolvers<void>(), two: Promise.withResolvers<void>() };
  const pool = createTestPool([busy("one"), busy("two")], async ({ provider }) => {
    await gates[provider as "one"].promise;
    return answerOf("Hi");
  });
  return { pool, gates };
}

describe("a call that waits at one of several targets", () => {
  it("goes on to another whose window opens in time, where a queue is full", async () => {
    let now = Date.parse("2026-11-10T12:00:30.000Z");
    const gate = Promise.withResolvers<void>();
    const pool = createTestPool(
      [busy("one"), documentOf("two", [windowOf(1, "minute")])],
      async ({ provider }) => {
        if (provider === "one") await gate.promise;
        return answerOf("Hi");
      },
      { now: () => now, maxQueue: 1 },
    );
    await answered(pool, "two/two-model", "1");
    const others = [answered(pool, "one/one-model", "2")];
    await expect.poll(pool.asked).toHaveLength(2);
    others.push(answered(pool, "one/one-model", "3"));
    await expect.poll(() => waiting(pool)).toEqual([1, 0]);
    const call = answered(pool, "auto", "4");
    await expect.poll(() => waiting(pool)).toEqual([1, 1]);
    now += 31_000;
    expect(await call).toBe("two");
    gate.resolve();
    await Promise.all(others);
  });

  it("looks at the others though the one before it in the line has nowhere else to go", async () => {
    const { pool, gates } = gatedPool();
    const atOne = [answered(pool, "one/one-model", "1")];
    const atTwo = [answered(pool, "two/two-model", "2")];
    await expect.poll(pool.asked).toHaveLength(2);
    atOne.push(answered(pool, "one/one-model", "3"));
    atTwo.push(answered(pool, "two/two-model", "4"), answered(pool, "two/two-model", "5"));
    await expect.poll(() => waiting(pool)).toEqual([1, 2]);
    const call = answered(pool, "auto", "6");
    await expect.poll(() => waiting(pool)).toEqual([2, 2]);
    gates.two.resolve();
    expect(await call).toBe("two");
    gates.one.resolve();
    await Promise.all([...atOne, ...atTwo]);
  });

  it("reports the whole wait, wherever it goes on", async () => {
    const { pool, gates } = gatedPool();
    const first = [answered(pool, "auto", "1")];
    await expect.poll(pool.asked).toEqual(["one"]);
    first.push(answered(pool, "auto", "2"));
    await expect.poll(pool.asked).toEqual(["one", "two"]);
    const call = pool.engine.chat(say("auto", "3"));
    await expect.poll(() => waiting(pool)).toEqual([1, 0]);
    gates.two.resolve();
    const { provider, waitedMs } = (await call).laplas;
    expect(provider).toBe("two");
    expect(waitedMs).toBeGreaterThan(0);
    gates.one.resolve();
    await Promise.all(first);
  });

  it("waits for its target inside a turn of tools where that asks for a pause", async () => {
    const tool = { id: "c1", type: "function" as const, function: { name: "look", arguments: "{}" } };
    let opensAt = Number.POSITIVE_INFINITY;
    const { engine, asked } = createTestPool(
      [documentOf("one", [windowOf(9)]), documentOf("two", [windowOf(9)])],
      () => {
        if (asked().length === 1) return answerOf("", { content: null, tool_calls: [tool] });
        if (asked().length === 2) opensAt = Date.now() + 30;
        return Date.now() < opensAt ? errorOf(429, "Too fast. Please try again in 30ms.") : answerOf("42 it is");
      },
    );
    const { model, messages } = say("auto", "Look");
    await engine.chat({ model, messages });
    const turn = [...messages, { role: "assistant" as const, content: null, tool_calls: [tool] }];
    const result = { role: "tool" as const, tool_call_id: "c1", content: "42" };
    expect((await engine.chat({ model, messages: [...turn, result] })).laplas).toMatchObject({
      provider: "one",
      attempts: 2,
    });
  });

  it("is broken off with the engine, and asks nobody then", async () => {
    const { pool, gates } = gatedPool();
    const { engine, asked } = pool;
    const under = ["1", "2"].map((content) => rejection(engine.chat(say("auto", content))));
    await expect.poll(asked).toHaveLength(2);
    const call = rejection(engine.chat(say("auto", "3")));
    await expect.poll(() => waiting(pool)).toEqual([1, 0]);
    const closing = engine.close();
    gates.two.resolve();
    gates.one.resolve();
    await closing;
    for (const error of [await call, await rejection(engine.chat(say("auto", "4"))), ...(await Promise.all(under))])
      expect((error as Error).message).toMatch(/^The engine was closed/);
    expect(asked()).toHaveLength(2);
  });
});
