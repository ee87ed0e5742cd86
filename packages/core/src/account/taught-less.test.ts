import { describe, expect, it } from "vitest";
import { teach } from "../call/teach.js";
import type { LaplasError } from "../errors/laplas-error.js";
import { createTestContext, NOON, start, useOf } from "../testing/call.js";
import { ask } from "../testing/engine.js";
import { storesToTest } from "../testing/ledger.js";
import { tierOf, windowRule } from "../testing/tier.js";
import type { Period } from "../tier/tier.js";
import type { WindowHint } from "./learn.js";

const MINUTE_MS = 60_000;
const PER_MINUTE = 20;
const PER_DAY = 300;
const windowOf = (type: "minute" | "day", limit: number) => {
  const period: Period = type === "day" ? { type, zone: "UTC", resetHour: 0 } : { type };
  return windowRule({ id: type, meter: "requests", limit, period });
};
const minute = windowOf("minute", PER_MINUTE);
const day = windowOf("day", PER_DAY);

describe.each(Object.entries(storesToTest()))("an account in the %s store", (_, open) => {
  async function setup(rules: Parameters<typeof tierOf>) {
    const clock = { at: NOON };
    const { context } = createTestContext({
      ledger: await open(clock),
      now: () => clock.at,
      tier: tierOf(...rules),
      patienceMs: 0,
    });
    /** One call whose answer says so. @returns the error where it is not admitted */
    const call = async (hints: () => WindowHint[]): Promise<LaplasError | undefined> => {
      try {
        const { reservation } = await start(context, ask("Hello"));
        await teach(context, reservation.lessons(hints(), "all"));
        await reservation.settle({ use: useOf(1), estimated: false, lingerMs: 0, outcome: "answered" });
        return undefined;
      } catch (error) {
        return error as LaplasError;
      }
    };
    return { clock, call };
  }

  // Each minute's header made the day forget: 6,300 requests of 1,000 a day were sent.
  it.each([
    [0, MINUTE_MS, 2_900],
    [0, MINUTE_MS, 4_000],
    [1_500, MINUTE_MS, 700],
    [-1_500, MINUTE_MS, 700],
    [30_000, MINUTE_MS, 2_900],
    [0, 10_000, 700],
  ])(
    "never sends more than the day allows, whatever headers say of its minutes, by a clock %i ms ahead, which last %i ms, asked every %i ms",
    { timeout: 60_000 },
    async (aheadMs, lengthMs, everyMs) => {
      const { clock, call } = await setup([minute, day]);
      const serverMinutes: Map<number, number> = new Map();
      let sent = 0;
      for (let tries = 0; tries < 3 * PER_DAY; tries += 1) {
        const error = await call(() => {
          const at = Math.floor((clock.at + aheadMs) / lengthMs);
          const used = (serverMinutes.get(at) ?? 0) + 1;
          serverMinutes.set(at, used);
          sent += 1;
          return [{ meter: "requests", period: "minute", remaining: PER_MINUTE - used, limit: PER_MINUTE }];
        });
        if (error?.code === "daily_quota") break;
        // Nothing is left of the minute, by either clock: on to the next.
        clock.at = error?.resetsAt?.getTime() ?? clock.at + everyMs;
      }
      expect(sent).toBeLessThanOrEqual(PER_DAY);
      // Half a minute is beyond every margin: its minutes are others than ours, and what they count more is charged.
      if (aheadMs >= minute.marginMs || lengthMs !== MINUTE_MS) return;
      expect(sent).toBe(PER_DAY);
      for (const used of serverMinutes.values()) expect(used).toBeLessThanOrEqual(PER_MINUTE);
    },
  );

  it.each([
    ["after", 1_000],
    ["before", -1_000],
  ])("believes no count of a window told just %s its edge: it may be the other window's", async (_where, byMs) => {
    const { clock, call } = await setup([minute]);
    for (let sent = 0; sent < PER_MINUTE - 1; sent += 1) await call(() => []);
    clock.at = NOON + MINUTE_MS + byMs;
    const says = (used: number): WindowHint[] => [
      { meter: "requests", period: "minute", remaining: PER_MINUTE - used },
    ];
    expect(await call(() => says(1))).toBeUndefined();
    // In the new minute one call has been made, or two: what the old one had counts no more.
    clock.at = NOON + MINUTE_MS + 2_500;
    let admitted = 0;
    while (admitted < 3 * PER_MINUTE && (await call(() => [])) === undefined) admitted += 1;
    expect(admitted).toBe(PER_MINUTE - 1);
  });
});
