import { expect, it } from "vitest";
import { answerOf, createTestPool, documentOf, windowOf } from "../testing/pool.js";

const NOON = Date.parse("2026-11-10T12:00:00.000Z");
const any = { model: "auto", messages: [{ role: "user", content: "Hello" }] } as const;

it("says who would answer, who would first, and why nobody does", async () => {
  let now = NOON;
  const documents = [documentOf("one", [windowOf(1)]), documentOf("two", [windowOf(1, "minute"), windowOf(2)])];
  const { engine, asked } = createTestPool(documents, () => answerOf("Hi"), { now: () => now });
  expect(await engine.check(any)).toMatchObject({ verdict: "pass", provider: "one", model: "one-model" });
  await engine.chat(any);
  expect(await engine.check(any)).toMatchObject({ verdict: "pass", provider: "two" });
  await engine.chat(any);
  expect(await engine.check(any)).toMatchObject({ verdict: "wait", provider: "two", waitMs: 60_000 });
  now += 60_000;
  await engine.chat(any);
  const refused = await engine.check(any);
  expect(refused).toMatchObject({
    verdict: "refuse",
    error: { code: "daily_quota", resetsAt: new Date("2026-11-11T00:00:00Z") },
  });
  expect(refused.error?.message).toMatch(
    /^None of the 2 models can answer now\.\n- one\/one-model: .*\n- two\/two-model: /,
  );
  expect(await engine.check({ ...any, model: "three/x" })).toMatchObject({
    verdict: "refuse",
    error: { code: "model_not_on_tier" },
  });
  expect(asked()).toEqual(["one", "two", "two"]);
});

it("refuses a blank name as invalid, like a call", async () => {
  const documents = [documentOf("one", [windowOf(1)]), documentOf("two", [windowOf(1)])];
  const { engine } = createTestPool(documents, () => answerOf("Hi"));
  const blank = { ...any, model: " " };
  const error = { code: "invalid_request", param: "model" };
  await expect(engine.chat(blank)).rejects.toMatchObject(error);
  expect(await engine.check(blank)).toMatchObject({ verdict: "refuse", error });
});

it("lists models of all providers by names that mean one, with what is left; status and plans are each provider's", async () => {
  const documents = [documentOf("one", [windowOf(3)]), documentOf("two", [windowOf(5)])];
  const { engine } = createTestPool(documents, () => answerOf("Hi"), {
    now: () => NOON,
    routes: { mine: ["two/two-model"] },
  });
  await engine.chat({ ...any, model: "two-model" });
  const models = await engine.models({ sort: "calls" });
  expect(models.map(({ id, provider, callsLeft }) => [id, provider, callsLeft])).toEqual([
    ["two/two-model", "two", 4],
    ["one/one-model", "one", 3],
  ]);
  expect((await engine.statuses()).map(({ provider, windows }) => [provider, windows[0]?.used])).toEqual([
    ["one", 0],
    ["two", 1],
  ]);
  expect(engine.providers.map(({ id, tier }) => [id, tier.name])).toEqual([
    ["one", "free"],
    ["two", "free"],
  ]);
  expect(engine.routes).toEqual({ mine: ["two/two-model"] });
  expect(engine.findModel("two/two-model")).toMatchObject({ kind: "model", id: "two-model" });
  const job = (...names: string[]) => names.map((model) => ({ request: { ...any, model } }));
  expect(await engine.plan(job("two/two-model", "mine"))).toMatchObject({ calls: 2, fitsToday: true });
  await expect(engine.plan(job("one/one-model", "mine"))).rejects.toThrow(
    "A job is planned at one provider, and the calls of this one are for one and two. Plan those of each apart.",
  );
  const alone = createTestPool([documentOf("one", [windowOf(3)])], () => answerOf("Hi"), {
    routes: { mine: ["one/one-model"] },
  });
  expect(await alone.engine.plan(job("mine", "one/one-model", "one-model"))).toMatchObject({ calls: 3, refused: [] });
  const response = await engine.fetch("http://x/v1/models");
  const { data } = (await response.json()) as { data: { id: string }[] };
  expect(data.map(({ id }) => id)).toEqual(["auto", "auto:tools", "mine", "one/one-model", "two/two-model"]);
  expect(data[4]).toMatchObject({ provider: "two", calls_left: 4, tier: "free" });
  const one = await engine.fetch("http://x/v1/models/two/two-model", {
    headers: { "anthropic-version": "2023-06-01" },
  });
  expect(await one.json()).toMatchObject({ type: "model", id: "two/two-model" });
});

it("says once that the ledger fails, which concerns all", async () => {
  const documents = [documentOf("one", [windowOf(1)]), documentOf("two", [windowOf(1)])];
  const { engine } = createTestPool(documents, () => answerOf("Hi"), { ledger: "sqlite:/proc/none/ledger.sqlite" });
  const { verdict, error } = await engine.check(any);
  expect([verdict, error?.code]).toEqual(["refuse", "ledger"]);
  expect(error?.message).toMatch(/^The ledger \/proc\/none\/ledger\.sqlite failed/);
});
