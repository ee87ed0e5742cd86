import { expect, it } from "vitest";
import type { LedgerStore } from "../ledger/ledger-store.js";
import { createMemoryStore } from "../ledger/memory/memory-store.js";
import { windowRule } from "../testing/tier.js";
import { createLearnedLimits } from "./learned-limits.js";

const day = windowRule({ id: "day", meter: "requests", scope: "model" });
const minute = windowRule({ id: "minute", meter: "tokens", period: { type: "minute" } });
const WINDOWS = [day, minute];
const ofDay = (limit: number) => ({ meter: "requests", period: "day", limit, remaining: 1 }) as const;

/** As one process of an account has them. */
const saidIn = (store: LedgerStore) => createLearnedLimits(async () => ({ store, name: "account" }), []);

it("the limits that a server names are known to all processes, by rule, the last one each", async () => {
  const store = createMemoryStore({ now: () => 0 });
  const [one, other] = [saidIn(store), saidIn(store)];
  expect([...(await other.said(WINDOWS))]).toEqual([]);
  await store.teach("account", one.hear([ofDay(50)], WINDOWS, "m"));
  await store.teach("account", one.hear([ofDay(1_000)], WINDOWS, "m"));
  expect([...(await other.said(WINDOWS))]).toEqual([["day", 1_000]]);
});

it("a limit of 0 is one", async () => {
  const store = createMemoryStore({ now: () => 0 });
  await store.teach("account", saidIn(store).hear([ofDay(0)], WINDOWS, "m"));
  expect((await saidIn(store).said(WINDOWS)).get("day")).toBe(0);
});

it("what was said before is written down once, of each model where each has its own", () => {
  const said = saidIn(createMemoryStore({ now: () => 0 }));
  const count = (model: string, limit: number) => said.hear([ofDay(limit)], WINDOWS, model).length;
  expect([count("a", 5), count("a", 5), count("b", 2), count("a", 5), count("b", 2), count("a", 6)]).toEqual([
    1, 0, 1, 0, 0, 1,
  ]);
  const tokens = { meter: "tokens", period: "minute", limit: 9 } as const;
  expect(["a", "b"].map((model) => said.hear([tokens], WINDOWS, model).length)).toEqual([1, 0]);
});

it("what names no limit, or no window of the tier, teaches nothing", () => {
  const said = saidIn(createMemoryStore({ now: () => 0 }));
  const hints = [
    { meter: "requests", period: "day", remaining: 5 },
    { meter: "requests", period: "hour", limit: 5 },
  ] as const;
  expect(said.hear(hints, WINDOWS, "m")).toEqual([]);
});
