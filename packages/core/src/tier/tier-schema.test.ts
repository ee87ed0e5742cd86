import { describe, expect, it, test } from "vitest";
import { z } from "zod";
import { evidence } from "../testing/tier.js";
import { tierSchema } from "./tier-schema.js";

const window = {
  id: "daily",
  kind: "window",
  meter: "requests",
  limit: 20,
  period: { type: "day" },
  evidence,
} as const;

const tokens = { ...window, meter: "tokens" } as const;
const output = { id: "output", kind: "maxOutputTokens", evidence };
const check = (fields: object) => tierSchema().safeParse({ name: "own", title: "Own", rules: [], ...fields });
function problems(fields: object): string {
  const { error } = check(fields);
  if (error === undefined) throw new Error("was taken");
  return z.prettifyError(error);
}

describe("a tier document", () => {
  test.each<[string, object, RegExp]>([
    ["no name", { name: undefined }, /name/],
    ["a name with blanks", { name: "my tier" }, /lower case letters, digits and -[\s\S]*name/],
    ["an unknown field", { rule: [] }, /rule/],
    ["a base without a name", { extends: "" }, /extends/],
    ["no rules", { rules: undefined }, /rules/],
    ["a rule of an unknown kind", { rules: [{ id: "a", kind: "maxTokens", evidence }] }, /rules\[0\]/],
    ["a limit of 0 on the length of answers", { rules: [{ ...output, limit: 0 }] }, /rules\[0\]\.limit/],
    ["a negative limit", { rules: [{ ...window, limit: -1 }] }, /rules\[0\]\.limit/],
    ["a limit that is no whole number", { rules: [{ ...window, limit: 1.5 }] }, /rules\[0\]\.limit/],
    ["a limit that is NaN", { rules: [{ ...window, limit: Number.NaN }] }, /rules\[0\]\.limit/],
    [
      "an unknown zone",
      { rules: [{ ...window, period: { type: "day", zone: "Mars/Olympus" } }] },
      /IANA time zone[\s\S]*rules\[0\]\.period\.zone/,
    ],
    ["hour -1", { rules: [{ ...window, period: { type: "day", resetHour: -1 } }] }, /resetHour/],
    ["evidence without a status", { rules: [{ ...window, evidence: { ...evidence, status: undefined } }] }, /status/],
    ["evidence without a date", { rules: [{ ...window, evidence: { ...evidence, date: "soon" } }] }, /date/],
    [
      "an unknown zone of a month",
      { rules: [{ ...window, period: { type: "month", zone: "Mars/Olympus" } }] },
      /IANA time zone[\s\S]*rules\[0\]\.period\.zone/,
    ],
    ["hour 24 of a month", { rules: [{ ...window, period: { type: "month", resetHour: 24 } }] }, /resetHour/],
    ["a minute with a zone", { rules: [{ ...window, period: { type: "minute", zone: "UTC" } }] }, /zone/],
    ["a bucket without a span", { rules: [{ ...window, period: { type: "bucket" } }] }, /spanMs/],
    ["a bucket over 31 days", { rules: [{ ...window, period: { type: "bucket", spanMs: 2_678_400_001 } }] }, /spanMs/],
    ["an unknown period", { rules: [{ ...window, period: { type: "week" } }] }, /rules\[0\]\.period/],
    ["hour 24", { rules: [{ ...window, period: { type: "day", resetHour: 24 } }] }, /resetHour/],
    ["a span of no time", { rules: [{ ...window, period: { type: "rolling", spanMs: 0 } }] }, /spanMs/],
    ["a span over 31 days", { rules: [{ ...window, period: { type: "rolling", spanMs: 2_678_400_001 } }] }, /spanMs/],
    ["a margin over a minute", { rules: [{ ...window, marginMs: 60_001 }] }, /marginMs/],
    ["two rules of one id", { rules: [window, window] }, /two rules have the same id/],
    ["an id with blanks", { rules: [{ ...window, id: "my rule" }] }, /rules\[0\]\.id/],
    ["a rule without evidence", { rules: [{ ...window, evidence: undefined }] }, /rules\[0\]\.evidence/],
    ["an unknown field in a rule", { rules: [{ ...window, max: 5 }] }, /max/],
    ["an unknown meter", { rules: [{ ...window, meter: "words" }] }, /rules\[0\]\.meter/],
    ["a meter by its old name", { rules: [{ ...window, metric: "requests" }] }, /"metric"[\s\S]*rules\[0\]/],
    ["an unknown scope", { rules: [{ ...window, scope: "tier" }] }, /rules\[0\]\.scope/],
    ["a pool of no models", { rules: [{ ...window, scope: "pool" }] }, /"models" of the pool[\s\S]*rules\[0\]\.scope/],
    [
      "models of the account",
      { rules: [{ ...window, models: ["a"] }] },
      /scope "model" or "pool" only[\s\S]*rules\[0\]\.models/,
    ],
    ["no models that are allowed", { rules: [{ id: "a", kind: "allowedModels", evidence }] }, /rules\[0\]\.models/],
    ["a limit of 0 on prompts", { rules: [{ id: "a", kind: "maxInputTokens", limit: 0, evidence }] }, /\[0\]\.limit/],
    [
      "evidence of an unknown status",
      { rules: [{ ...window, evidence: { ...evidence, status: "guessed" } }] },
      /evidence\.status/,
    ],
    [
      "evidence that is good for no day",
      { rules: [{ ...window, evidence: { ...evidence, goodForDays: 0 } }] },
      /evidence\.goodForDays/,
    ],
    ["a unit without a field", { unit: { name: "neurons" } }, /unit\.field/],
    ["an unknown start", { rules: [{ ...window, countFrom: "middle" }] }, /countFrom/],
    ["an unknown hold", { rules: [{ ...tokens, hold: "worst" }] }, /rules\[0\]\.hold/],
    [
      "requests that are asked for",
      { rules: [{ ...window, hold: "asked" }] },
      /meter of tokens only[\s\S]*\[0\]\.hold/,
    ],
    ["failures of tokens", { rules: [{ ...tokens, countsFailures: true }] }, /"requests" only[\s\S]*countsFailures/],
    ["a refund of what is expected", { rules: [{ ...tokens, refund: true }] }, /hold "asked" only[\s\S]*refund/],
    [
      "a least answer of what is expected",
      { rules: [{ ...tokens, leastAnswer: 5 }] },
      /"asked" only[\s\S]*leastAnswer/,
    ],
    [
      "a usual answer of what is expected",
      { rules: [{ ...tokens, usualAnswer: 5 }] },
      /"asked" only[\s\S]*usualAnswer/,
    ],
    ["a least answer of nothing", { rules: [{ ...tokens, hold: "asked", leastAnswer: 0 }] }, /leastAnswer/],
    ["models of no name", { rules: [{ id: "i", kind: "maxImages", limit: 1, models: [], evidence }] }, /models/],
  ])("with %s is refused, naming the place", (_, fields, place) => {
    expect(problems(fields)).toMatch(place);
  });

  it("has every kind of rule, each with its defaults", () => {
    const rule = (fields: object) => check({ rules: [{ id: "r", evidence, ...fields }] }).data?.rules[0];
    expect(rule({ kind: "maxOutputTokens", limit: 1 })).toMatchObject({ onExcess: "adjust" });
    expect(rule({ kind: "maxImages", limit: 1 })).toMatchObject({ onExcess: "split" });
    expect(rule({ kind: "maxImageSize", width: 1, height: 1 })).toMatchObject({ onExcess: "adjust" });
    expect(rule({ kind: "window", meter: "requests", limit: 1, period: { type: "day" } })).toMatchObject({
      scope: "account",
      marginMs: 2_000,
      period: { type: "day", zone: "UTC", resetHour: 0 },
    });
    for (const fields of [
      { kind: "allowedModalities", modalities: ["chat"] },
      { kind: "forbiddenContent", partTypes: ["image_url"] },
      { kind: "maxRequestCost", limit: 1, modalities: ["image"] },
      { kind: "concurrency", limit: 1 },
      { kind: "window", meter: "credits", limit: 1, period: { type: "hour" } },
      { kind: "window", meter: "tokens", limit: 1, period: { type: "hour" }, scope: "pool", models: ["a-*", "!a-1"] },
      { kind: "allowedModels", models: ["a"] },
      { kind: "maxInputTokens", limit: 1, models: ["a"] },
      { kind: "concurrency", limit: 1, models: ["a"], evidence: { ...evidence, status: "observed", goodForDays: 30 } },
    ]) {
      expect(rule(fields)).toMatchObject(fields);
    }
  });

  test.each([
    ["marginMs", 0],
    ["marginMs", 60_000],
  ])("takes the bound itself: %s %i", (field, value) => {
    expect(check({ rules: [{ ...window, [field]: value }] }).data?.rules[0]).toHaveProperty(field, value);
  });

  test.each(["rolling", "bucket"])("takes a span of 31 days, and of a millisecond: %s", (type) => {
    for (const spanMs of [1, 2_678_400_000]) {
      const period = { type, spanMs };
      expect(check({ rules: [{ ...window, period }] }).data?.rules[0]).toMatchObject({ period });
    }
  });

  test.each<object>([
    { meter: "credits", hold: "asked", refund: false },
    { meter: "tokens", hold: "asked", refund: true, leastAnswer: 1, usualAnswer: 1 },
    { meter: "inputTokens", hold: "expected", countFrom: "end" },
    { meter: "outputTokens", countsFailures: false, countFrom: "start" },
    { meter: "requests", countsFailures: true, hold: "expected" },
  ])("takes a window that counts so: %o", (fields) => {
    expect(check({ rules: [{ ...window, ...fields }] }).data?.rules[0]).toMatchObject(fields);
  });

  it("takes a window with the limit 0: not on this tier", () => {
    expect(check({ rules: [{ ...window, limit: 0 }] }).data?.rules[0]).toMatchObject({ limit: 0 });
  });

  test.each<[object, object]>([
    [{ type: "minute" }, { type: "minute" }],
    [{ type: "month" }, { type: "month", zone: "UTC", resetHour: 0 }],
    [
      { type: "month", zone: "Europe/Berlin", resetHour: 23 },
      { type: "month", zone: "Europe/Berlin", resetHour: 23 },
    ],
  ])("takes the period %o", (given, period) => {
    expect(check({ rules: [{ ...window, period: given }] }).data?.rules[0]).toMatchObject({ period });
  });
});
