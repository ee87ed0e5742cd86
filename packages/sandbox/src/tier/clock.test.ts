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

it("takes its time from elsewhere: from there on, from a start of its own, or frozen at it", () => {
  let time = 100;
  const now = () => time;
  const clock = createClock({ now });
  const late = createClock({ now, start: 5000 });
  const frozen = createClock({ now, frozen: true });
  time = 150;
  expect([clock, late, frozen].map((one) => one.now())).toEqual([150, 5050, 100]);
  clock.advance(1000);
  expect(clock.now()).toBe(1150);
  clock.reset();
  expect(clock.now()).toBe(150);
});

it("throws on what is no date", () => {
  expect(() => createClock({ start: new Date("nonsense") })).toThrow("clock.start");
  expect(() => createClock().set(Number.NaN)).toThrow("clock.set");
});
