import { describe, expect, it, test } from "vitest";
import {
  checkRanges,
  NEVER_NEUTRAL,
  type NumberRange,
  neutralAt,
  neutralFormat,
  notTaken,
  onlyKnown,
  withoutEmptyTools,
  withoutMissing,
  withoutNulls,
} from "./root-fields.js";

const refusal = (param: string) => expect.objectContaining({ code: "invalid_request", param });

test("nulls are fields that are not there; 0, false and the empty text are values", () => {
  expect(withoutNulls({ a: null, b: undefined, c: 0, d: false, e: "" })).toEqual({ c: 0, d: false, e: "" });
});

describe("fields that a shape lacks", () => {
  const missing = { n: neutralAt(1, 2), seed: NEVER_NEUTRAL, response_format: neutralFormat };

  it("are taken off at values that say nothing", () => {
    const fields = { n: 1, response_format: { type: "text" }, temperature: 0, valueOf: 5 };
    expect(withoutMissing(fields, missing, "m")).toEqual({ temperature: 0, valueOf: 5 });
    expect(withoutMissing({ n: 2 }, missing, "m")).toEqual({});
  });

  test.each<[object, string]>([
    [{ n: 3 }, "n"],
    [{ seed: 0 }, "seed"],
    [{ response_format: { type: "json_object" } }, "response_format"],
    [{ response_format: null }, "response_format"],
    [{ response_format: "text" }, "response_format"],
  ])("are refused at values that would be lost: %j", (fields, param) => {
    expect(() => withoutMissing({ ...fields }, missing, "m")).toThrow(refusal(param));
  });
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

describe("an empty list of tools", () => {
  it("is taken off, and with it a choice among none", () => {
    for (const choice of ["auto", "none", undefined]) {
      expect(withoutEmptyTools({ a: 1, tools: [], tool_choice: choice })).toEqual({ a: 1 });
    }
  });

  it("leaves a choice that asks for one: the server should say so", () => {
    expect(withoutEmptyTools({ tools: [], tool_choice: "required" })).toEqual({ tool_choice: "required" });
  });

  it("is not there: nothing is changed", () => {
    for (const fields of [{ tools: [{}], tool_choice: "auto" }, { tool_choice: "auto" }, { tools: "none" }]) {
      expect(withoutEmptyTools(fields)).toBe(fields);
    }
  });
});

test("a field that is not taken is named with its model", () => {
  expect(notTaken("seed", "claude-3-haiku")).toMatchObject({
    code: "invalid_request",
    param: "seed",
    message: expect.stringMatching(/^"claude-3-haiku" does not take "seed"/),
  });
});
