import { expect, it } from "vitest";
import { createClock } from "./clock.js";

it("stands still when frozen, and moves as told", () => {
  const clock = createClock({ start: 1000, frozen: true });
  clock.advance(500);
  expect(clock.now()).toBe(1500);
  clock.set(new Date(7000));
  expect(clock.now()).toBe(7000);
  clock.reset();
  expect(clock.now()).toBe(1000);
});

it("runs on with real time otherwise", () => {
  const clock = createClock({ start: 0 });
  expect(clock.now()).toBeLessThan(1000);
  clock.set(Date.now() + 60_000);
  expect(clock.now()).toBeGreaterThanOrEqual(Date.now() + 59_000);
});

it("throws on what is no date", () => {
  expect(() => createClock({ start: new Date("nonsense") })).toThrow("clock.start");
  expect(() => createClock().set(Number.NaN)).toThrow("clock.set");
});
