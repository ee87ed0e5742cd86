import { expect, it } from "vitest";
import { documentOf } from "./testing/document-of.js";
import { answerWith, openRefusing, type RefusingProvider } from "./testing/refusing-provider.js";

/** What a chat costs whose answer tells so many model tokens. */
async function costOf({ engine, next }: RefusingProvider, model: string, prompt: number, completion: number) {
  const usage = { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion };
  const answer = answerWith();
  next.push({ ...answer, body: { ...(answer.body as object), usage } });
  const { laplas } = await engine.chat({ model, messages: [{ role: "user", content: "Hello" }] });
  return laplas.credits;
}

it("cloudflare: neurons are counted from the answer's tokens, at the price of its model", async () => {
  const provider = await openRefusing(documentOf("cloudflare"), []);
  // 31,818 neurons for a million tokens in and 68,182 out; 18,182 and 27,273. A part of one counts as one.
  expect(await costOf(provider, "@cf/openai/gpt-oss-120b", 100_000, 10_000)).toBe(3_182 + 682);
  expect(await costOf(provider, "@cf/openai/gpt-oss-20b", 100_000, 10_000)).toBe(1_819 + 272);
  const [day] = (await provider.engine.status()).windows;
  expect(day).toMatchObject({ rule: "neurons_a_day", unit: "neurons", left: 10_000 - 3_864 - 2_091 });
});

it("cloudflare: a day's neurons are the account's, and once they are used up nothing is sent", async () => {
  const provider = await openRefusing(documentOf("cloudflare"), []);
  expect(await costOf(provider, "@cf/openai/gpt-oss-120b", 320_000, 0)).toBeGreaterThan(10_000);
  expect(await provider.ask("@cf/openai/gpt-oss-20b")).toMatchObject({ code: "daily_quota", rule: "neurons_a_day" });
  expect(provider.sent).toHaveLength(1);
});
