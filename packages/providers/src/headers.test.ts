import { describe, expect, it } from "vitest";
import { documentOf } from "./testing/document-of.js";
import { answerWith, type Ending, NOON, openRefusing, type RefusingProvider } from "./testing/refusing-provider.js";

/** What is left of a model's windows, by rule. */
async function leftOf({ engine }: Pick<RefusingProvider, "engine">, model: string): Promise<Record<string, number>> {
  const { laplas } = await engine.chat({ model, messages: [{ role: "user", content: "Hello" }], max_tokens: 300 });
  return Object.fromEntries(laplas.windows.map(({ rule, remaining }) => [rule, remaining]));
}

describe("headers of groq", () => {
  const model = "openai/gpt-oss-120b";

  it("speak of the day in requests and of the minute in tokens, and of nothing else", async () => {
    const provider = await openRefusing(documentOf("groq"), [model, "openai/gpt-oss-20b"]);
    provider.next.push(
      answerWith({
        "x-ratelimit-limit-requests": "1000",
        "x-ratelimit-remaining-requests": "400",
        "x-ratelimit-reset-requests": "14h24m0s",
        "x-ratelimit-limit-tokens": "8000",
        "x-ratelimit-remaining-tokens": "5000",
        "x-ratelimit-reset-tokens": "22.5s",
      }),
    );
    await provider.ask(model);
    const left = await leftOf(provider, model);
    // 600 used elsewhere or here, and one more; 3,000 tokens and what this one asked for.
    expect(left.requests_a_day).toBe(399);
    expect(left.tokens_a_minute).toBeLessThan(5_000);
    expect(left.tokens_a_minute).toBeGreaterThan(4_600);
    // A day's use is not the minute's: two requests were made.
    expect(left.requests_a_minute).toBe(28);
    expect(left.tokens_a_day).toBeGreaterThan(199_000);
    // And it is the model's alone.
    expect((await leftOf(provider, "openai/gpt-oss-20b")).requests_a_day).toBe(999);
  });

  it.each([
    ["stays charged without their word", undefined, false],
    ["is given back where they say that more is left", "7960", true],
  ])("what earlier answers did not need %s", async (_, remaining, passes) => {
    const provider = await openRefusing(documentOf("groq"), [model]);
    const limit = { "x-ratelimit-limit-tokens": "8000" };
    const told = remaining === undefined ? limit : { ...limit, "x-ratelimit-remaining-tokens": remaining };
    expect(await provider.ask(model, { max_tokens: 3_000 })).toBe("answered");
    provider.next.push(answerWith(told));
    expect(await provider.ask(model, { max_tokens: 3_000 })).toBe("answered");
    expect((await provider.ask(model, { max_tokens: 4_500 })) === "answered").toBe(passes);
  });
});

it("headers of mistral allow less than the page at once", async () => {
  const model = "mistral-small-latest";
  const provider = await openRefusing(documentOf("mistral"), [model]);
  provider.next.push(
    answerWith({ "x-ratelimit-limit-req-minute": "2", "x-ratelimit-remaining-req-minute": "1" }),
    answerWith({ "x-ratelimit-limit-req-minute": "2", "x-ratelimit-remaining-req-minute": "0" }),
  );
  const asked: Ending[] = [];
  for (let count = 0; count < 3; count += 1) {
    asked.push(await provider.ask(model));
    provider.clock.now += 1_100;
  }
  expect(asked.map((one) => (one === "answered" ? one : one.rule))).toEqual([
    "answered",
    "answered",
    "requests_a_minute",
  ]);
  expect(provider.sent).toHaveLength(2);
  // The account's second is not the model's minute: another model's call passes.
  provider.clock.now = NOON + 60_000;
  expect(await provider.ask(model)).toBe("answered");
});
