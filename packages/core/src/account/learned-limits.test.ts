import { describe, expect, it } from "vitest";
import { createMemoryStore } from "../ledger/memory/memory-store.js";
import type { HeaderSignal } from "../provider/signals.js";
import type { WindowRule } from "../tier/tier.js";
import { claimsOf } from "./claims.js";
import { createLearnedLimits } from "./learned-limits.js";

const evidence = { source: "a test", date: "2026-11-29", status: "published", goodForDays: 30 } as const;
const minute: WindowRule = {
  id: "minute",
  kind: "window",
  meter: "requests",
  limit: 60,
  period: { type: "rolling", spanMs: 60_000 },
  scope: "model",
  marginMs: 0,
  evidence,
};
const day: WindowRule = { ...minute, id: "day", limit: 500, period: { type: "day", zone: "UTC", resetHour: 0 } };
const WINDOWS = [minute, day];
const headers: readonly HeaderSignal[] = [
  { name: "x-limit", tells: "limit", meter: "requests", period: "minute", scope: "model" },
];
const hint = (limit: number) => [{ meter: "requests", period: "minute", scope: "model", limit } as const];

function setup() {
  const store = createMemoryStore({ now: () => 0 });
  const reads: string[] = [];
  const learned: typeof store.learned = (account, key) => {
    reads.push(key);
    return store.learned(account, key);
  };
  const open = async () => ({ store: { ...store, learned }, name: "account" });
  const limits = createLearnedLimits(open, headers);
  const hear = async (limit: number) => {
    const lessons = limits.hear(hint(limit), WINDOWS, "heron");
    await store.teach("account", lessons);
    // What is in doubt is another matter: said-limits.test.ts.
    return lessons.filter((lesson) => lesson.kind === "value" && lesson.key.startsWith("limit:"));
  };
  const limitsOf = async (some = limits, model = "heron") =>
    (await some.inForce(WINDOWS, model)).map(({ limit }) => limit);
  return { limits, hear, limitsOf, reads, another: () => createLearnedLimits(open, headers) };
}

describe("learned limits", () => {
  it("lower what is published, for that model, here and in other processes", async () => {
    const { hear, limitsOf, another } = setup();
    expect(await limitsOf()).toEqual([60, 500]);
    await hear(4);
    expect(await limitsOf()).toEqual([4, 500]);
    expect(await limitsOf(another())).toEqual([4, 500]);
    expect(await limitsOf(undefined, "egret")).toEqual([60, 500]);
  });

  it("hold for calls that wait already", async () => {
    const { limits, hear, limitsOf } = setup();
    await limitsOf();
    const claims = claimsOf(WINDOWS, "heron", false);
    await hear(4);
    expect(limits.claims(claims).map(({ limit }) => limit)).toEqual([4, 500]);
    expect(limits.lowered(WINDOWS, "heron").map(({ limit }) => limit)).toEqual([4, 500]);
  });

  it("rise again up to what is published, and never above it", async () => {
    const { hear, limitsOf } = setup();
    await limitsOf();
    await hear(4);
    await hear(30);
    expect(await limitsOf()).toEqual([30, 500]);
    await hear(1_000);
    expect(await limitsOf()).toEqual([60, 500]);
  });

  it("write nothing that is known, and nothing of a limit of 0", async () => {
    const { hear, limitsOf } = setup();
    await limitsOf();
    expect(await hear(60)).toEqual([]);
    expect(await hear(90)).toEqual([]);
    expect(await hear(0)).toEqual([]);
    expect(await hear(4)).toHaveLength(1);
    expect(await hear(4)).toEqual([]);
  });

  it("cost no look into the ledger for windows whose limit no header names", async () => {
    const { limitsOf, reads } = setup();
    await limitsOf();
    await limitsOf();
    expect(reads).toEqual(["limit:minute:requests:heron"]);
  });
});
