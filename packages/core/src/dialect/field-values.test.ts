import { describe, expect, test } from "vitest";
import {
  checkRanges,
  isObject,
  type NumberRange,
  nearestIn,
  neutralAt,
  notTaken,
  onlyKnown,
  withoutNulls,
  wrongType,
} from "./field-values.js";

const refusal = (param: string) => expect.objectContaining({ code: "invalid_request", param });

test("nulls are fields that are not there; 0, false and the empty text are values", () => {
  expect(withoutNulls({ a: null, b: undefined, c: 0, d: false, e: "" })).toEqual({ c: 0, d: false, e: "" });
});

test("a neutral value is one of those that are named, and no other", () => {
  const isNeutral = neutralAt(1, false);
  expect([1, false, 2, 0, "1", null, undefined].filter(isNeutral)).toEqual([1, false]);
});

test("an object is neither a list nor null", () => {
  expect([{}, { a: 1 }, [], null, undefined, "a", 1].filter(isObject)).toEqual([{}, { a: 1 }]);
});

test("a strict root takes the fields it knows, and no other", () => {
  const fields = { model: "m", prompt: "A boat" };
  expect(onlyKnown(fields, new Set(["model", "prompt"]), "m")).toBe(fields);
  expect(() => onlyKnown({ ...fields, mood: "x" }, new Set(["model", "prompt"]), "m")).toThrow(refusal("mood"));
});

describe("a number's range", () => {
  const check = (value: unknown, range: NumberRange) => checkRanges({ seed: value }, { seed: range }, "m");

  test.each<[unknown, NumberRange]>([
    [1, { least: 1, most: 2, whole: true }],
    [2, { least: 1, most: 2, whole: true }],
    [1.5, { least: 1, most: 2 }],
    [-1e9, { most: 2 }],
    [1e9, { least: 1 }],
    ["many", { least: 1, most: 2, whole: true }],
    [undefined, { least: 1 }],
  ])("takes %j in %j", (value, range) => check(value, range));

  test.each<[unknown, NumberRange, string]>([
    [0.9, { least: 1 }, '"seed" is 0.9, and "m" takes 1 at least.'],
    [2.1, { most: 2 }, '"seed" is 2.1, and "m" takes 2 at most.'],
    [-1, { least: 0, most: 0 }, '"seed" is -1, and "m" takes 0 at least.'],
    [1, { most: 0 }, '"seed" is 1, and "m" takes 0 at most.'],
    [1.5, { whole: true }, '"seed" is 1.5, and "m" takes whole numbers only.'],
  ])("refuses %j in %j", (value, range, message) => {
    expect(() => check(value, range)).toThrow(
      expect.objectContaining({ code: "invalid_request", param: "seed", message }),
    );
  });
});

describe("the nearest value", () => {
  test.each<[NumberRange, number, number]>([
    [{ least: 0, most: 1 }, 1.5, 1],
    [{ least: 0.1, most: 1 }, 0, 0.1],
    [{ least: 0, most: 1 }, 0.7, 0.7],
    [{ least: 1, whole: true }, 0, 1],
    [{ whole: true }, 2.4, 2],
    [{ most: 3, whole: true }, 3.4, 3],
    [{}, -7.5, -7.5],
  ])("in %j to %d is %d", (range, value, nearest) => {
    expect(nearestIn(range, value)).toBe(nearest);
  });
});

test("a value of another type is named with what it must be", () => {
  expect(wrongType("stop", "a text")).toMatchObject({
    code: "invalid_request",
    param: "stop",
    message: '"stop" must be a text.',
  });
});

test("a field that is not taken is named with its model", () => {
  expect(notTaken("seed", "claude-3-haiku")).toMatchObject({
    code: "invalid_request",
    param: "seed",
    message: expect.stringMatching(/^"claude-3-haiku" does not take "seed"/),
  });
});
