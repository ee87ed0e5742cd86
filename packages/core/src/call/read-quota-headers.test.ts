import { expect, it, test } from "vitest";
import type { HeaderSignal } from "../provider/signals.js";
import { NOON } from "../testing/call.js";
import { readQuotaHeaders } from "./read-quota-headers.js";

const DAY = { meter: "requests", period: "day" } as const;
const MINUTE = { meter: "tokens", period: "minute", scope: "model" } as const;
const signals: readonly HeaderSignal[] = [
  { name: "x-limit", tells: "limit", ...DAY },
  { name: "x-remaining", tells: "remaining", ...DAY },
  { name: "x-reset", tells: "reset", format: "duration", ...DAY },
  { name: "x-tokens", tells: "remaining", ...MINUTE },
  { name: "x-tokens-reset", tells: "reset", ...MINUTE },
];
const read = (headers: Readonly<Record<string, string>>) =>
  readQuotaHeaders({ header: (name) => headers[name] }, signals, NOON);

it("headers of one window are one hint", () => {
  expect(
    read({
      "x-limit": "1000",
      "x-remaining": " 998 ",
      "x-reset": "2m59.56s",
      "x-tokens": "7500.5",
      "x-tokens-reset": "4.77",
    }),
  ).toEqual([
    { ...DAY, limit: 1_000, remaining: 998, resetsAt: NOON + 179_560 },
    { ...MINUTE, remaining: 7_500.5, resetsAt: NOON + 4_770 },
  ]);
});

it("an answer without them has none", () => expect(read({})).toEqual([]));

test.each(["", "many", "1e9", "1, 1;w=60", "NaN", "0x10", "1234567890123456"])("%j is no count", (text) => {
  expect(read({ "x-remaining": text, "x-limit": text })).toEqual([]);
});

it("less than nothing may be left, and a reset that can't be read leaves the rest", () => {
  expect(read({ "x-remaining": "-3", "x-reset": "soon" })).toEqual([{ ...DAY, remaining: -3 }]);
});
