import { describe, expect, it, test } from "vitest";
import { windowRule } from "../testing/tier.js";
import type { Period } from "../tier/tier.js";
import { findWindow } from "./find-window.js";

const DAY_MS = 86_400_000;

describe("the window that a provider speaks of", () => {
  const account = windowRule({ id: "account", meter: "requests" });
  const pool = windowRule({ id: "pool", meter: "requests", scope: "pool", models: ["a"] });
  const model = windowRule({ id: "model", meter: "requests", scope: "model" });
  const tokens = windowRule({ id: "tokens", meter: "tokens", period: { type: "minute" } });

  it("has its meter, period and scope, as far as they are named", () => {
    const windows = [account, pool, model, tokens];
    const find = (...[named]: [Parameters<typeof findWindow>[1]]) => findWindow(windows, named)?.id;
    expect(find({ meter: "requests", period: "day", scope: "account" })).toBe("account");
    expect(find({ meter: "requests", scope: "pool" })).toBe("pool");
    expect(find({ period: "minute" })).toBe("tokens");
    expect(find({ meter: "tokens", period: "day" })).toBeUndefined();
    expect(find({ meter: "credits" })).toBeUndefined();
    expect(find({ scope: "model", period: "minute" })).toBeUndefined();
  });

  it("is the narrowest of several: what is said of one model closes no others", () => {
    expect(findWindow([account, pool, model], { meter: "requests" })).toBe(model);
    expect(findWindow([account, pool], { meter: "requests" })).toBe(pool);
  });

  test.each<["minute" | "hour" | "day" | "month", Period, boolean]>([
    ["minute", { type: "rolling", spanMs: 60_000 }, true],
    ["minute", { type: "bucket", spanMs: 60_001 }, false],
    ["hour", { type: "bucket", spanMs: 3_600_000 }, true],
    ["day", { type: "rolling", spanMs: DAY_MS }, true],
    ["day", { type: "hour" }, false],
    ["month", { type: "rolling", spanMs: 28 * DAY_MS - 1 }, false],
    ["month", { type: "rolling", spanMs: 28 * DAY_MS }, true],
    ["month", { type: "bucket", spanMs: 31 * DAY_MS }, true],
    ["month", { type: "bucket", spanMs: 31 * DAY_MS + 1 }, false],
  ])("of a %s may be %o: %s", (period, of, isFound) => {
    const rule = windowRule({ period: of });
    expect(findWindow([rule], { period })).toBe(isFound ? rule : undefined);
  });
});
