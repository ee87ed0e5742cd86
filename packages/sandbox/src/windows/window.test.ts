import { describe, expect, it } from "vitest";
import { createWindow, type WindowShape } from "./window.js";

const noon = Date.UTC(2026, 10, 28, 12);
const shapes: readonly WindowShape[] = [
  { kind: "bucket", spanMs: 60_000 },
  { kind: "sliding", spanMs: 60_000 },
  { kind: "calendar", unit: "minute", timeZone: "UTC" },
];

describe.each(shapes)("a $kind window of 10", (shape) => {
  it("takes 10 at once, and says when one more fits: then, and not a millisecond before", () => {
    const window = createWindow(shape, 10);
    for (let index = 0; index < 10; index += 1) {
      expect(window.fitsAt(1, noon)).toBe(noon);
      window.add(1, noon);
    }
    const fits = window.fitsAt(1, noon);
    expect(fits).toBeGreaterThan(noon);
    expect(window.fitsAt(1, fits)).toBe(fits);
    expect(window.fitsAt(1, fits - 1)).toBeGreaterThan(fits - 1);
  });

  it("never takes more than its limit in one piece, and exactly that much when it is empty", () => {
    const window = createWindow(shape, 10);
    expect(window.fitsAt(10, noon)).toBe(noon);
    expect(window.fitsAt(10.5, noon)).toBe(Number.POSITIVE_INFINITY);
  });

  it("never takes anything where the limit is 0", () => {
    const window = createWindow(shape, 0);
    expect(window.used(noon)).toBe(0);
    expect(window.fitsAt(1, noon)).toBe(Number.POSITIVE_INFINITY);
    expect(window.fitsAt(0, noon)).toBe(noon);
  });

  it("gives back, but not below nothing", () => {
    const window = createWindow(shape, 10);
    window.add(8, noon);
    window.add(-5, noon);
    expect(window.used(noon)).toBe(3);
  });

  it("is empty at its reset", () => {
    const window = createWindow(shape, 10);
    window.add(7, noon + 1000);
    const resetsAt = window.resetsAt(noon + 1000);
    expect(window.used(resetsAt - 1)).toBeGreaterThan(0);
    expect(window.used(resetsAt)).toBeCloseTo(0, 6);
  });

  it("lets a greedy client have no more than the shape allows in any span", () => {
    const window = createWindow(shape, 10);
    const passed: number[] = [];
    for (let at = noon; at < noon + 600_000; at += 500) {
      if (window.fitsAt(1, at) > at) continue;
      window.add(1, at);
      passed.push(at);
    }
    const mostIn = (spanMs: number) =>
      Math.max(...passed.map((from) => passed.filter((at) => at >= from && at < from + spanMs).length));
    // A bucket refills while it is used, a minute of the calendar may follow another at once.
    expect(mostIn(60_000)).toBe({ bucket: 19, sliding: 10, calendar: 10 }[shape.kind]);
    expect(passed.length).toBeLessThanOrEqual(10 * 10 + 10);
    expect(passed.length).toBeGreaterThanOrEqual(100);
  });
});

it("a bucket drains steadily", () => {
  const window = createWindow({ kind: "bucket", spanMs: 60_000 }, 30);
  window.add(30, noon);
  expect(window.used(noon + 2000)).toBe(29);
  expect(window.fitsAt(1, noon)).toBe(noon + 2000);
  expect(window.resetsAt(noon)).toBe(noon + 60_000);
});

it("what slides out leaves one by one", () => {
  const window = createWindow({ kind: "sliding", spanMs: 60_000 }, 2);
  window.add(1, noon);
  window.add(1, noon + 10_000);
  expect(window.fitsAt(1, noon + 20_000)).toBe(noon + 60_000);
  expect(window.fitsAt(2, noon + 20_000)).toBe(noon + 70_000);
});
