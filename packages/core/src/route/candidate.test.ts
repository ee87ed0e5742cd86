import { describe, expect, it, onTestFinished } from "vitest";
import { createContext } from "../create-context.js";
import { resolveEngineOptions } from "../options.js";
import { documentOf, ruleOf, windowOf } from "../testing/pool.js";
import { asNew, createCandidate, type Fit, withModel } from "./candidate.js";

const messages = [{ role: "user", content: "Hello" }];

function candidateOf(more: object, rules: readonly object[] = [], options: { continueAtCap?: number } = {}) {
  const models = [{ id: "one-model", modality: "chat" as const, contextTokens: 300 }];
  const document = documentOf("one", [windowOf(9), ...rules.map(ruleOf)], { models });
  const { all } = resolveEngineOptions({ ledger: "memory", environment: {}, providers: [{ document }] });
  const context = createContext(all[0]);
  onTestFinished(() => context.close());
  const target = { name: "one/one-model", context, model: "one-model" };
  const body = { model: "auto", messages, ...more };
  return createCandidate(target, { endpoint: "chat", bodies: [body], options });
}

const cap = { id: "cap", kind: "maxOutputTokens", limit: 100 };

describe("a candidate", () => {
  it.each<[Fit, object, readonly object[], { continueAtCap?: number }]>([
    ["full", { max_tokens: 100 }, [cap], {}],
    ["shorter", { max_tokens: 101 }, [cap], {}],
    ["full", { max_tokens: 101 }, [cap], { continueAtCap: 2 }],
    ["full", {}, [cap], {}],
    ["tight", { max_tokens: 200, messages: [{ role: "user", content: "word ".repeat(280) }] }, [], {}],
  ])("fits %s with %j at a tier of %j and %j", async (fit, more, rules, options) => {
    const candidate = candidateOf(more, rules, options);
    await candidate.plans();
    expect(candidate.fit).toBe(fit);
  });

  it("is prepared once, for its own model, and takes up a call as if it were new", async () => {
    const candidate = candidateOf({});
    const plans = await candidate.plans();
    expect(await candidate.plans()).toBe(plans);
    expect(plans[0].found.id).toBe("one-model");
    plans[0].totals.attempts = 7;
    const [again] = asNew(plans, { waitedMs: 3, attempts: 1 });
    expect(again.totals).toMatchObject({ requestId: plans[0].totals.requestId, waitedMs: 3, attempts: 1 });
    expect(plans[0].totals.attempts).toBe(7);
  });
});

it("gives bodies a model's name, and leaves those that have it, or are no objects, as they are", () => {
  const [same, other] = [{ model: "m" }, { model: "auto", messages }];
  const named = withModel([same, other, null], "m");
  expect(named).toEqual([{ model: "m" }, { model: "m", messages }, null]);
  expect(named[0]).toBe(same);
  expect(other.model).toBe("auto");
});
