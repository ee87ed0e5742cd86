import { freeTier, resolveProvider, type Tier, type TierDocument } from "@laplas/core";
import { expect, test } from "vitest";
import { ageOf, ageWords, dayWords } from "./tier-summary.js";

const NOW = Date.UTC(2026, 10, 25, 18, 48);
type Rules = TierDocument["rules"];

function tierOf(rules: readonly object[]): Tier {
  const tiers: TierDocument[] = [{ name: "own", title: "Own", rules: rules as unknown as Rules }];
  return resolveProvider({ id: "acme", title: "Acme", baseURL: "https://acme.invalid", tiers }).defaultTier;
}

const evidence = { source: "a page", date: "2026-11-01", status: "published", goodForDays: 30 };
let ids = 0;
const window = (meter: string, limit: number, period: object, more: object = {}) => {
  ids += 1;
  return { id: `rule_${ids}`, kind: "window", meter, limit, period, evidence, ...more };
};
const DAY = { type: "day" };
const perModel = { scope: "model" };

test.each<[string, readonly object[], string]>([
  ["of all models", [window("requests", 50, DAY), window("requests", 20, { type: "minute" })], "50 requests"],
  [
    "of each model",
    [window("requests", 1, DAY, perModel), window("tokens", 9_000, DAY, perModel)],
    "1 request per model, 9,000 tokens per model",
  ],
  [
    "that differs from model to model",
    [
      window("requests", 20, DAY, { ...perModel, models: ["a"] }),
      window("requests", 500, DAY, { ...perModel, models: ["b"] }),
    ],
    "20 to 500 requests per model",
  ],
  ["that refills", [window("requests", 100, { type: "bucket", spanMs: 86_400_000 })], "100 requests"],
  ["without a limit of its own", [window("tokens", 5_000, { type: "month" })], "5,000 tokens a month"],
  [
    "of which only the minute is known",
    [window("requests", 40, { type: "rolling", spanMs: 60_000 })],
    "no limit known; 40 requests a minute",
  ],
  ["of a model that is not on the plan", [window("requests", 0, DAY, { ...perModel, models: ["a"] })], "no limit"],
])("a day %s", (_, rules, words) => expect(dayWords(tierOf(rules))).toBe(words));

test("the day of laplas", () => expect(dayWords(freeTier)).toBe("50,000 API tokens"));

test("the age is that of the oldest and least sure window, and of no other rule", () => {
  const other = {
    id: "one",
    kind: "concurrency",
    limit: 1,
    evidence: { ...evidence, date: "2020-01-01", status: "assumed" },
  };
  const seen = window("requests", 50, DAY, { evidence: { ...evidence, date: "2026-10-30", status: "observed" } });
  expect(ageWords(ageOf(tierOf([other, seen, window("tokens", 50, DAY)]), NOW))).toBe("observed 2026-10-30");
  const old = window("requests", 50, DAY, { evidence: { ...evidence, date: "2026-10-01" } });
  expect(ageWords(ageOf(tierOf([old, window("tokens", 50, DAY)]), NOW))).toBe("published 2026-10-01, stale");
  expect(ageWords(ageOf(tierOf([other]), NOW))).toBe("assumed 2020-01-01, stale");
});
