import { expect, it } from "vitest";
import { documentOf } from "./testing/document-of.js";
import { openRefusing, type ScriptedAnswer } from "./testing/refusing-provider.js";

const MODEL = "qwen/qwen3.8-27b:free";
const hostFailed: ScriptedAnswer = {
  status: 502,
  body: { error: { message: "Provider returned error", code: 502, metadata: { provider_name: "Chutes" } } },
};
const refused: ScriptedAnswer = {
  status: 429,
  headers: { "x-ratelimit-reset": "1" },
  body: { error: { message: "Rate limit exceeded: free-models-per-min.", code: 429 } },
};

it("openrouter: what failed at a model's host counts in minute and day, and its own refusal does not", async () => {
  const { engine, ask, next, clock } = await openRefusing(documentOf("openrouter"), [MODEL]);
  const leftOf = async (rule: string): Promise<number | undefined> =>
    (await engine.status()).windows.find((window) => window.rule === rule)?.left;
  next.push(hostFailed, { ...hostFailed, status: 429 });
  for (let calls = 0; calls < 3; calls += 1) await ask(MODEL);
  expect([await leftOf("requests_a_minute"), await leftOf("requests_a_day")]).toEqual([17, 47]);
  next.push(refused);
  expect(await ask(MODEL)).not.toBe("answered");
  expect(await leftOf("requests_a_day")).toBe(47);
  clock.now += 61_000;
  expect([await leftOf("requests_a_minute"), await leftOf("requests_a_day")]).toEqual([20, 47]);
});

it("groq: what failed counts in nothing, since nobody says that it does", async () => {
  const model = "openai/gpt-oss-120b";
  const { engine, ask, next } = await openRefusing(documentOf("groq"), [model]);
  next.push({ status: 503, body: { error: { message: "Service unavailable" } } });
  expect(await ask(model)).toMatchObject({ code: "unavailable" });
  const { laplas } = await engine.chat({ model, messages: [{ role: "user", content: "Hello" }] });
  expect(laplas.windows.find(({ rule }) => rule === "requests_a_day")?.remaining).toBe(999);
});
