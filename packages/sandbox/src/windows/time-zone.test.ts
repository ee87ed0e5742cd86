import { expect, it } from "vitest";
import { calendarSpan } from "./time-zone.js";

const losAngeles = "America/Los_Angeles";
const hour = 3_600_000;

function dayOf(at: string): { start: string; hours: number } {
  const { start, end } = calendarSpan("day", losAngeles, Date.parse(at));
  return { start: new Date(start).toISOString(), hours: (end - start) / hour };
}

it("a day in Los Angeles begins at 8 UTC in winter and at 7 in summer", () => {
  expect(dayOf("2026-11-28T12:00:00Z")).toEqual({ start: "2026-11-28T08:00:00.000Z", hours: 24 });
  expect(dayOf("2026-07-28T12:00:00Z")).toEqual({ start: "2026-07-28T07:00:00.000Z", hours: 24 });
});

it("midnight itself belongs to the new day, the millisecond before to the old one", () => {
  expect(dayOf("2026-11-28T07:59:59.999Z").start).toBe("2026-11-27T08:00:00.000Z");
  expect(dayOf("2026-11-28T08:00:00.000Z").start).toBe("2026-11-28T08:00:00.000Z");
});

it.each([
  ["2026-03-08", "08", 23],
  ["2026-11-01", "07", 25],
])("the day of %s, on which the clocks change, lasts from %s UTC %i hours, whenever one asks", (day, from, hours) => {
  const start = `${day}T${from}:00:00.000Z`;
  for (let passed = 0; passed < hours; passed += 1) {
    expect(dayOf(new Date(Date.parse(start) + passed * hour).toISOString())).toEqual({ start, hours });
  }
  expect(dayOf(new Date(Date.parse(start) + hours * hour).toISOString()).start).not.toBe(start);
});

it.each([
  ["2026-10-04", 23],
  ["2026-04-05", 25],
])("the day of %s in Sydney, which is ahead of UTC, lasts %i hours", (day, hours) => {
  const { start, end } = calendarSpan("day", "Australia/Sydney", Date.parse(`${day}T12:00:00+10:00`));
  expect((end - start) / hour).toBe(hours);
  expect(calendarSpan("day", "Australia/Sydney", start - 1).end).toBe(start);
  expect(calendarSpan("day", "Australia/Sydney", end).start).toBe(end);
});

it("days follow each other without a gap over a whole year", () => {
  let at = Date.parse("2026-01-01T08:00:00Z");
  for (let day = 0; day < 365; day += 1) {
    const { start, end } = calendarSpan("day", losAngeles, at);
    expect(start).toBe(at);
    at = end;
  }
  expect(new Date(at).toISOString()).toBe("2027-01-01T08:00:00.000Z");
});

it("knows months and minutes", () => {
  const { start, end } = calendarSpan("month", "UTC", Date.parse("2026-12-31T23:59:59Z"));
  expect([start, end]).toEqual([Date.UTC(2026, 11, 1), Date.UTC(2027, 0, 1)]);
  const minute = calendarSpan("minute", "UTC", Date.parse("2026-12-31T23:59:59Z"));
  expect([minute.start, minute.end]).toEqual([Date.parse("2026-12-31T23:59:00Z"), Date.UTC(2027, 0, 1)]);
});
