import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { calendarSpan, lengthMs, type Span } from "./period.js";
import type { Period } from "./tier.js";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

function day(zone: string, resetHour: number, at: string): { from: string; to: string; hours: number } {
  const { from, to } = calendarSpan({ type: "day", zone, resetHour }, Date.parse(at));
  return { from: new Date(from).toISOString(), to: new Date(to).toISOString(), hours: (to - from) / HOUR_MS };
}

describe("a day", () => {
  test.each([
    ["UTC", 0, "2026-03-10T00:00:00.000Z", "2026-03-10T00:00:00.000Z", 24],
    ["UTC", 0, "2026-03-09T23:59:59.999Z", "2026-03-09T00:00:00.000Z", 24],
    ["UTC", 7, "2026-03-10T06:59:59.999Z", "2026-03-09T07:00:00.000Z", 24],
    ["UTC", 7, "2026-03-10T07:00:00.000Z", "2026-03-10T07:00:00.000Z", 24],
    ["Etc/UTC", 7, "2026-03-10T07:00:00.000Z", "2026-03-10T07:00:00.000Z", 24],
    ["Europe/Berlin", 0, "2026-01-10T22:59:59.999Z", "2026-01-09T23:00:00.000Z", 24],
    ["Europe/Berlin", 0, "2026-01-10T23:00:00.000Z", "2026-01-10T23:00:00.000Z", 24],
    ["America/Los_Angeles", 0, "2026-07-01T06:59:59.999Z", "2026-06-30T07:00:00.000Z", 24],
    ["Asia/Kathmandu", 0, "2026-07-01T18:15:00.000Z", "2026-07-01T18:15:00.000Z", 24],
    ["Pacific/Kiritimati", 0, "2026-07-01T10:00:00.000Z", "2026-07-01T10:00:00.000Z", 24],
    // Clocks go forward at 02:00, and back at 03:00.
    ["Europe/Berlin", 0, "2026-03-29T12:00:00.000Z", "2026-03-28T23:00:00.000Z", 23],
    ["Europe/Berlin", 0, "2026-10-25T12:00:00.000Z", "2026-10-24T22:00:00.000Z", 25],
    // 02:00 does not exist on that day: the day begins with the first instant after the gap.
    ["Europe/Berlin", 2, "2026-03-29T00:59:59.999Z", "2026-03-28T01:00:00.000Z", 24],
    ["Europe/Berlin", 2, "2026-03-29T01:00:00.000Z", "2026-03-29T01:00:00.000Z", 23],
    // 02:00 comes twice: the day begins with the first.
    ["Europe/Berlin", 2, "2026-10-25T00:00:00.000Z", "2026-10-25T00:00:00.000Z", 25],
    ["Europe/Berlin", 2, "2026-10-25T01:00:00.000Z", "2026-10-25T00:00:00.000Z", 25],
    // Midnight itself is skipped.
    ["Africa/Cairo", 0, "2026-04-24T10:00:00.000Z", "2026-04-23T22:00:00.000Z", 23],
  ])("in %s from %i o'clock holds %s: begins at %s, %i hours", (zone, resetHour, at, from, hours) => {
    expect(day(zone, resetHour, at)).toMatchObject({ from, hours });
  });
});

describe("an hour", () => {
  it("begins with the hour of the clock", () => {
    const at = Date.parse("2026-03-10T06:00:00.000Z");
    expect(calendarSpan({ type: "hour" }, at)).toEqual({ from: at, to: at + HOUR_MS });
    expect(calendarSpan({ type: "hour" }, at - 1)).toEqual({ from: at - HOUR_MS, to: at });
  });
});

describe("a minute", () => {
  it("begins with the minute of the clock", () => {
    const at = Date.parse("2026-03-10T06:01:00.000Z");
    expect(calendarSpan({ type: "minute" }, at)).toEqual({ from: at, to: at + 60_000 });
    expect(calendarSpan({ type: "minute" }, at - 1)).toEqual({ from: at - 60_000, to: at });
  });
});

describe("a month", () => {
  test.each([
    ["UTC", 0, "2026-03-01T00:00:00.000Z", "2026-03-01T00:00:00.000Z", "2026-04-01T00:00:00.000Z"],
    ["UTC", 0, "2026-02-28T23:59:59.999Z", "2026-02-01T00:00:00.000Z", "2026-03-01T00:00:00.000Z"],
    ["UTC", 7, "2026-03-01T06:59:59.999Z", "2026-02-01T07:00:00.000Z", "2026-03-01T07:00:00.000Z"],
    ["UTC", 7, "2026-03-01T07:00:00.000Z", "2026-03-01T07:00:00.000Z", "2026-04-01T07:00:00.000Z"],
    // Over the end of the year, both ways, and a leap year's February.
    ["UTC", 0, "2026-12-31T23:59:59.999Z", "2026-12-01T00:00:00.000Z", "2027-01-01T00:00:00.000Z"],
    ["UTC", 5, "2027-01-01T04:59:59.999Z", "2026-12-01T05:00:00.000Z", "2027-01-01T05:00:00.000Z"],
    ["UTC", 0, "2028-02-29T12:00:00.000Z", "2028-02-01T00:00:00.000Z", "2028-03-01T00:00:00.000Z"],
    // Clocks go forward within this month: it is an hour shorter.
    ["Europe/Berlin", 0, "2026-03-31T21:59:59.999Z", "2026-02-28T23:00:00.000Z", "2026-03-31T22:00:00.000Z"],
    ["Europe/Berlin", 0, "2026-03-31T22:00:00.000Z", "2026-03-31T22:00:00.000Z", "2026-04-30T22:00:00.000Z"],
    // There it is the new month already.
    ["Pacific/Kiritimati", 0, "2026-06-30T10:00:00.000Z", "2026-06-30T10:00:00.000Z", "2026-07-31T10:00:00.000Z"],
    ["America/Los_Angeles", 0, "2026-07-01T06:59:59.999Z", "2026-06-01T07:00:00.000Z", "2026-07-01T07:00:00.000Z"],
  ])("in %s from %i o'clock holds %s: from %s to %s", (zone, resetHour, at, from, to) => {
    const span = calendarSpan({ type: "month", zone, resetHour }, Date.parse(at));
    expect([new Date(span.from).toISOString(), new Date(span.to).toISOString()]).toEqual([from, to]);
  });
});

test.each<[Period, number]>([
  [{ type: "minute" }, 60_000],
  [{ type: "hour" }, HOUR_MS],
  [{ type: "day", zone: "UTC", resetHour: 0 }, DAY_MS],
  [{ type: "month", zone: "UTC", resetHour: 0 }, 31 * DAY_MS],
  [{ type: "rolling", spanMs: 5 }, 5],
  [{ type: "bucket", spanMs: 7 }, 7],
])("the length of %o is %i ms", (wanted, ms) => {
  expect(lengthMs(wanted)).toBe(ms);
});

const ZONES = [
  "UTC",
  "Etc/UTC",
  "Europe/Berlin",
  "America/New_York",
  "America/Sao_Paulo",
  "America/St_Johns",
  "Australia/Lord_Howe",
  "Africa/Cairo",
  "Africa/Casablanca",
  "Asia/Beirut",
  "Asia/Kathmandu",
  "Pacific/Apia",
  "Pacific/Kiritimati",
];

const period = fc.oneof(
  fc.constantFrom({ type: "hour" } as const, { type: "minute" } as const),
  fc.record({
    type: fc.constantFrom("day" as const, "month" as const),
    zone: fc.constantFrom(...ZONES),
    resetHour: fc.integer({ min: 0, max: 23 }),
  }),
);
// Calls are made from now on: days that a zone skipped whole (Apia in 2011) are past.
const instant = fc.integer({ min: Date.parse("2020-01-01"), max: Date.parse("2045-01-01") });

describe("every calendar span", () => {
  it("holds its instant", () => {
    fc.assert(
      fc.property(period, instant, (wanted, at) => {
        const { from, to } = calendarSpan(wanted, at);
        expect(from).toBeLessThanOrEqual(at);
        expect(at).toBeLessThan(to);
      }),
      { numRuns: 500 },
    );
  });

  it("is the same for all its instants, and the next one begins where it ends", () => {
    const at = (span: Span, part: number) => Math.floor(span.from + part * (span.to - 1 - span.from));
    fc.assert(
      fc.property(period, instant, fc.double({ min: 0, max: 1, noNaN: true }), (wanted, moment, part) => {
        const span = calendarSpan(wanted, moment);
        expect(calendarSpan(wanted, at(span, part))).toEqual(span);
        expect(calendarSpan(wanted, span.to).from).toBe(span.to);
        expect(calendarSpan(wanted, span.from - 1).to).toBe(span.from);
      }),
      { numRuns: 500 },
    );
  });

  it("tiles the days around every change of the clocks in 2026 without a gap", () => {
    const dayOf = (zone: string, resetHour: number, at: number) => calendarSpan({ type: "day", zone, resetHour }, at);
    let found = 0;
    for (const zone of ZONES) {
      // No zone skips its noon: a day from noon to noon that is not 24 hours long has a change in it.
      const changes: number[] = [];
      for (let at = Date.parse("2026-01-01"); at < Date.parse("2027-01-01"); ) {
        const { from, to } = dayOf(zone, 12, at);
        if (to - from !== 24 * HOUR_MS) changes.push(from);
        at = to;
      }
      found += changes.length;
      for (const change of changes) {
        for (const resetHour of [0, 1, 2, 3, 23]) {
          let { to } = dayOf(zone, resetHour, change - 72 * HOUR_MS);
          for (let days = 0; days < 6; days += 1) {
            const next = dayOf(zone, resetHour, to);
            expect(next.from).toBe(to);
            expect((next.to - next.from) / HOUR_MS).toBeGreaterThanOrEqual(22.5);
            expect((next.to - next.from) / HOUR_MS).toBeLessThanOrEqual(25.5);
            to = next.to;
          }
        }
      }
    }
    // Half of these zones change twice.
    expect(found).toBeGreaterThanOrEqual(12);
  });
});
