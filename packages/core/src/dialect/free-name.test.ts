import { expect, test } from "vitest";
import { freeName } from "./free-name.js";

test.each<[string, number, readonly string[], string]>([
  ["run", 64, [], "run"],
  ["run", 64, ["run"], "run_2"],
  ["run", 64, ["run", "run_2"], "run_3"],
  ["abcdef", 6, ["abcdef"], "abcd_2"],
  ["abcdef", 6, ["abcdef", "abcd_2"], "abcd_3"],
  ["", 64, [], "_2"],
  ["run", Number.POSITIVE_INFINITY, ["run"], "run_2"],
])("%j in %d characters, beside %j, is %j", (wanted, most, taken, name) => {
  expect(freeName(wanted, most, (one) => taken.includes(one))).toBe(name);
});
