import { describe, expect, it, test } from "vitest";
import { spreadOver, type WindowPart } from "./plan-windows.js";
import { NOON } from "./testing/call.js";
import { DAY_MS } from "./testing/ledger.js";
import { windowRule } from "./testing/tier.js";
import type { Period } from "./tier/tier.js";

const MINUTE_MS = 60_000;
const part = (each: number, requests: number): WindowPart => ({ each, requests });

/** A window of 100 that begins anew in ten seconds. */
const spread = (parts: readonly WindowPart[], used = 0, period?: Period) =>
  spreadOver(
    { rule: windowRule({ limit: 100, ...(period && { period }) }), used, held: 0, resetsAt: NOON + 10_000 },
    parts,
    NOON,
  );
const windows = (...given: Parameters<typeof spread>) => spread(...given).windows;

describe("the windows that a job takes", () => {
  test.each<[string, WindowPart[], number, number]>([
    ["all of it fits, to the last", [part(10, 10)], 0, 1],
    ["one more does not", [part(10, 11)], 0, 2],
    ["whole calls alone: 3 of 30 in each", [part(30, 7)], 0, 3],
    ["what is left of the first counts", [part(30, 7)], 50, 3],
    ["and one call more", [part(30, 8)], 50, 4],
    ["a part of what a window lacks is not used", [part(60, 2)], 0, 2],
    ["other calls fill what is left of the last", [part(30, 4), part(10, 7)], 0, 2],
    ["and one more", [part(30, 4), part(10, 8)], 0, 3],
    ["nothing is left: nothing passes, whatever it costs", [part(0, 1)], 100, 2],
    ["what costs nothing takes no more", [part(0, 1_000_000)], 99, 1],
    ["fractions add up", [part(0.1, 1_000)], 0, 1],
    ["nothing is asked", [part(10, 0)], 100, 1],
  ])("where %s", (_, parts, used, expected) => expect(windows(parts, used)).toBe(expected));

  it("are one for each call that is larger than any: it is not spread over several", () => {
    expect(windows([part(250, 1)])).toBe(1);
    expect(windows([part(250, 1)], 99)).toBe(1);
    expect(windows([part(250, 1)], 100)).toBe(2);
    expect(windows([part(250, 3)])).toBe(3);
    expect(windows([part(250, 2), part(10, 1)])).toBe(3);
  });
});

describe("how long it takes", () => {
  it("is nothing where it fits, else until the last window begins", () => {
    const minute = { type: "minute" } as const;
    expect(spread([part(10, 10)], 0, minute).takesMs).toBe(0);
    expect(spread([part(10, 20)], 0, minute).takesMs).toBe(10_000);
    expect(spread([part(10, 21)], 0, minute).takesMs).toBe(10_000 + MINUTE_MS);
    expect(spread([part(10, 30)]).takesMs).toBe(10_000 + DAY_MS);
  });

  it("is a whole span for each that a rolling window takes", () => {
    const rolling = { type: "rolling", spanMs: MINUTE_MS } as const;
    expect(spread([part(10, 30)], 0, rolling)).toEqual({ windows: 3, takesMs: 2 * MINUTE_MS });
  });

  it("is what a bucket takes to refill by all that does not fit now", () => {
    const bucket = { type: "bucket", spanMs: MINUTE_MS } as const;
    expect(spread([part(10, 10)], 0, bucket).takesMs).toBe(0);
    expect(spread([part(10, 15)], 0, bucket).takesMs).toBe(MINUTE_MS / 2);
    expect(spread([part(10, 5)], 80, bucket).takesMs).toBe(0.3 * MINUTE_MS);
  });
});
