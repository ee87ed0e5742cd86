import { expect, it } from "vitest";
import { documentOf } from "./testing/document-of.js";
import { NOON, openRefusing, type RefusingProvider, type ScriptedAnswer } from "./testing/refusing-provider.js";

const MODEL = "qwen/qwen3.8-27b:free";
const HOUR_MS = 3_600_000;

/** As `GET /key` answers. */
function key(used: number, limit = 50): ScriptedAnswer {
  const requests = { used, limit, remaining: limit - used };
  return {
    status: 200,
    body: { data: { label: "sk-or-v1-0e6...1c96", is_free_tier: true, free_model_daily_requests: requests } },
  };
}

async function leftOf({ engine }: RefusingProvider): Promise<Record<string, number>> {
  const { laplas } = await engine.chat({ model: MODEL, messages: [{ role: "user", content: "Hello" }] });
  return Object.fromEntries(laplas.windows.map(({ rule, remaining }) => [rule, remaining]));
}

const open = (tier = "free") => openRefusing(documentOf("openrouter"), [MODEL], { tier });

it("what was used elsewhere is known before the first call, and fills the day alone", async () => {
  const provider = await open();
  provider.usage.answer = key(38);
  expect(await leftOf(provider)).toEqual({ requests_a_minute: 19, requests_a_day: 11 });
  expect(await leftOf(provider)).toEqual({ requests_a_minute: 18, requests_a_day: 10 });
  expect(provider.questions).toEqual(["/v1/key"]);
});

it("a day that was used up elsewhere costs no refusal: nothing is sent, whoever is first", async () => {
  const provider = await open();
  provider.usage.answer = key(50);
  const crowd = await Promise.all(Array.from({ length: 4 }, () => provider.ask(MODEL)));
  for (const one of crowd) expect(one).toMatchObject({ code: "daily_quota", rule: "requests_a_day" });
  expect(provider.sent).toEqual([]);
  expect(provider.questions).toHaveLength(1);
  provider.clock.now = NOON + 12 * HOUR_MS + 2_000;
  expect(await provider.ask(MODEL)).toBe("answered");
});

it("a refusal that our count did not foresee is followed by a question, and its answer counts", async () => {
  const provider = await open("free-with-credits");
  provider.usage.answer = key(0, 1_000);
  expect(await provider.ask(MODEL)).toBe("answered");
  provider.clock.now += 61_000;
  provider.usage.answer = key(400, 1_000);
  provider.next.push({
    status: 429,
    body: { error: { message: "Rate limit exceeded: free-models-per-min.", code: 429 } },
  });
  expect(await provider.ask(MODEL)).toMatchObject({ rule: "requests_a_minute" });
  expect(provider.questions).toHaveLength(2);
  provider.clock.now += 62_000;
  expect((await leftOf(provider)).requests_a_day).toBe(599);
});

it("less than our own count is not believed: the answer may be a minute old", async () => {
  const provider = await open();
  provider.usage.answer = key(30);
  await provider.ask(MODEL);
  provider.clock.now += 61_000;
  provider.usage.answer = key(2);
  provider.next.push({
    status: 429,
    body: { error: { message: "Rate limit exceeded: free-models-per-min.", code: 429 } },
  });
  await provider.ask(MODEL);
  expect(provider.questions).toHaveLength(2);
  provider.clock.now += 62_000;
  expect((await leftOf(provider)).requests_a_day).toBe(18);
});

it("an answer that can't be had holds nothing up", async () => {
  const provider = await open();
  expect(await leftOf(provider)).toEqual({ requests_a_minute: 19, requests_a_day: 49 });
});

it("a caller who leaves while the provider is asked leaves no place behind", async () => {
  const provider = await open();
  const controller = new AbortController();
  const asked = provider.engine.chat(
    { model: MODEL, messages: [{ role: "user", content: "Hello" }] },
    { signal: controller.signal },
  );
  provider.usage.answer = key(10);
  controller.abort(new Error("gone"));
  await expect(asked).rejects.toThrow("gone");
  expect(await leftOf(provider)).toMatchObject({ requests_a_day: 39 });
  expect((await provider.engine.status()).running).toBe(0);
});

it("providers without such an endpoint are not asked", async () => {
  const provider = await openRefusing(documentOf("groq"), ["openai/gpt-oss-20b"]);
  expect(await provider.ask("openai/gpt-oss-20b")).toBe("answered");
  expect(provider.questions).toEqual([]);
});
