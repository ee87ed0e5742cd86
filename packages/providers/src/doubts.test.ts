import type { Engine } from "@laplas/core";
import { expect, it } from "vitest";
import { documentOf } from "./testing/document-of.js";
import { answerWith, NOON, openRefusing } from "./testing/refusing-provider.js";

async function doubtsOf(engine: Engine, why: string): Promise<Record<string, unknown>> {
  const doubts = (await engine.doubts()).filter((doubt) => doubt.why === why);
  return Object.fromEntries(
    doubts.map((doubt) => [doubt.rule.id, "said" in doubt ? doubt.said : "since" in doubt ? doubt.since : true]),
  );
}

it("groq: a header's other limit contradicts the rule until one agrees again", async () => {
  const model = "openai/gpt-oss-120b";
  const { engine, next, ask } = await openRefusing(documentOf("groq"), [model]);
  expect(await doubtsOf(engine, "contradicted")).toEqual({});
  const told = (limit: string) =>
    answerWith({ "x-ratelimit-limit-requests": limit, "x-ratelimit-limit-tokens": "8000" });
  next.push(told("14400"), told("1000"));
  await ask(model);
  expect(await doubtsOf(engine, "contradicted")).toEqual({ requests_a_day: 14_400 });
  await ask(model);
  expect(await doubtsOf(engine, "contradicted")).toEqual({});
});

it("openrouter: the tier of an account is contradicted by what GET /key says", async () => {
  const { engine, usage, ask } = await openRefusing(documentOf("openrouter"), ["lab/m:free"]);
  const requests = { used: 3, limit: 1_000, remaining: 997 };
  usage.answer = { status: 200, body: { data: { free_model_daily_requests: requests } } };
  await ask("lab/m:free");
  expect(await doubtsOf(engine, "contradicted")).toEqual({ requests_a_day: 1_000 });
});

it("a number that was read 31 days ago is stale, and gemini's were only observed", async () => {
  const { engine, clock } = await openRefusing(documentOf("openrouter"), []);
  clock.now = Date.parse("2026-11-16T23:59:59Z");
  expect(await doubtsOf(engine, "stale")).toEqual({});
  clock.now += 1_000;
  expect(Object.keys(await doubtsOf(engine, "stale"))).toHaveLength(3);
  const { engine: gemini } = await openRefusing(documentOf("gemini"), []);
  expect(await doubtsOf(gemini, "observed")).toMatchObject({ flash_requests_a_day: true });
  expect(clock.now).toBeLessThan(NOON);
});
