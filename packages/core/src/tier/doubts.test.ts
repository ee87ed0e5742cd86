import { describe, expect, it, test } from "vitest";
import { evidence, tierOf, windowRule } from "../testing/tier.js";
import { doubtsOf, staleSince } from "./doubts.js";

const NOON = Date.parse("2026-03-10T12:00:00.000Z");
const NOTHING = new Map<string, number>();
const published = { ...evidence, status: "published", date: "2026-03-01", goodForDays: 30 } as const;

describe("a rule is in doubt", () => {
  const sound = windowRule({ id: "sound", evidence: published });
  const old = windowRule({ id: "old", evidence: { ...published, date: "2026-02-01" } });
  const seen = windowRule({ id: "seen", evidence: { ...published, status: "observed" } });

  it("where its source is stale, where it was only observed, and in no other case", () => {
    const assumed = windowRule({ id: "assumed", evidence });
    expect(doubtsOf(tierOf(sound, old, seen, assumed), NOON, NOTHING)).toEqual([
      { why: "stale", rule: old, since: "2026-03-04" },
      { why: "observed", rule: seen },
    ]);
  });

  it("where the server has named another limit, and not where it has named the same", () => {
    const said = new Map([
      ["sound", 999],
      ["seen", 1_000],
      ["no rule", 5],
    ]);
    expect(doubtsOf(tierOf(sound, seen), NOON, said)).toEqual([
      { why: "contradicted", rule: sound, said: 999 },
      { why: "observed", rule: seen },
    ]);
    expect(doubtsOf(tierOf(sound), NOON, new Map([["sound", 0]]))).toHaveLength(1);
  });

  it("for each reason by itself, the server's word first", () => {
    const all = windowRule({ id: "all", evidence: { ...published, date: "2026-01-01", status: "observed" } });
    const doubts = doubtsOf(tierOf(all), NOON, new Map([["all", 5]]));
    expect(doubts.map(({ why }) => why)).toEqual(["contradicted", "stale", "observed"]);
  });

  it("of another kind than a window by its evidence alone", () => {
    const rule = { id: "prompt", kind: "maxInputTokens", limit: 5, evidence: published } as const;
    expect(doubtsOf(tierOf(rule), NOON, new Map([["prompt", 9]]))).toEqual([]);
  });
});

test.each([
  ["2026-03-09T23:59:59.999Z", undefined],
  ["2026-03-10T00:00:00.000Z", undefined],
  ["2026-03-10T23:59:59.999Z", undefined],
  ["2026-03-11T00:00:00.000Z", "2026-03-11"],
  ["2026-09-01T00:00:00.000Z", "2026-03-11"],
])("a source of 8 March that is good for 2 days is at %s stale since %s", (at, since) => {
  expect(staleSince({ ...evidence, date: "2026-03-08", goodForDays: 2 }, Date.parse(at))).toBe(since);
});

it("a source that does not change is never stale", () => {
  expect(staleSince(evidence, NOON + 1e12)).toBeUndefined();
});
