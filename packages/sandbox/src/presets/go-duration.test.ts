import { expect, it } from "vitest";
import { goDuration } from "./go-duration.js";

it.each([
  [0, "0s"],
  [-5, "0s"],
  [0.0000004, "0s"],
  [0.000001, "1ns"],
  [0.0015, "1.5µs"],
  [825, "825ms"],
  [997.965142, "997.965142ms"],
  [999.9999999, "1s"],
  [1000, "1s"],
  [7660, "7.66s"],
  [2722.5, "2.7225s"],
  [86_400, "1m26.4s"],
  [179_560, "2m59.56s"],
  [578_016, "9m38.016s"],
  [120_000, "2m0s"],
  [3_600_000, "1h0m0s"],
  [86_400_000, "24h0m0s"],
])("%d ms is %s", (milliseconds, text) => {
  expect(goDuration(milliseconds)).toBe(text);
});
