import { expect, it, onTestFinished, vi } from "vitest";
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
  vi.useFakeTimers({ toFake: ["Date"], now: 5_000_000 });
  onTestFinished(() => void vi.useRealTimers());
  expect(createClock().now()).toBe(5_000_000);
  const clock = createClock({ start: 0 });
  expect(clock.now()).toBe(0);
  vi.setSystemTime(5_000_700);
  expect(clock.now()).toBe(700);
  clock.set(90_000);
  vi.setSystemTime(5_001_700);
  expect(clock.now()).toBe(91_000);
});

it("throws on what is no date", () => {
  expect(() => createClock({ start: new Date("nonsense") })).toThrow("clock.start");
  expect(() => createClock().set(Number.NaN)).toThrow("clock.set");
});
