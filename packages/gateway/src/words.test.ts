import { expect, it, test } from "vitest";
import { apiTokens, clock, costWords, counted, duration, until, whole } from "./words.js";

test.each([
  [0, "0 s"],
  [-5, "0 s"],
  [999, "0 s"],
  [59_999, "59 s"],
  [60_000, "1 min"],
  [3_599_000, "59 min 59 s"],
  [3_600_000, "1 h"],
  [3_601_000, "1 h"],
  [86_399_000, "23 h 59 min"],
  [90_000_000, "1 d 1 h"],
])("%i ms are %s", (ms, text) => expect(duration(ms)).toBe(text));

it("counts", () => {
  expect([counted(1, "call"), counted(1_234.9, "call"), whole(0.9)]).toEqual(["1 call", "1,234 calls", "0"]);
  expect(counted(1.5, "neuron")).toBe("1 neuron");
  expect([0, 0.2, 1_500].map((count) => costWords(count, { name: "neurons" }))).toEqual([
    "0 neurons",
    "1 neuron",
    "1,500 neurons",
  ]);
  expect([apiTokens(0), apiTokens(0.2), apiTokens(1_500)]).toEqual(["0 API tokens", "1 API token", "1,500 API tokens"]);
});

it("tells a time from now, with the day only where it is another", () => {
  const now = Date.UTC(2026, 10, 25, 18, 48);
  expect(until(new Date(now + 5 * 3_600_000), now)).toMatch(/^in 5 h \(\d\d:\d\d \S+\)$/);
  expect(until(new Date(now - 1), now)).toMatch(/^now \(\d\d:\d\d \S+\)$/);
  expect(clock(new Date(now + 40 * 3_600_000), now)).toMatch(/^\d+ Nov, \d\d:\d\d \S+$/);
});
