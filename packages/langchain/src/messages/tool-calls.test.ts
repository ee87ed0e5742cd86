import { describe, expect, it } from "vitest";
import { CUT_ARGUMENTS, STRANGE_ARGUMENTS } from "../testing/cut-calls.js";
import type { AnswerEnd } from "./answer-end.js";
import { createCallIds, partition, readEach } from "./tool-calls.js";

const whole: AnswerEnd = { cut: undefined, limit: 512, rule: "output_tokens" };
const cut: AnswerEnd = { ...whole, cut: "tier" };
const call = (args: string | null | undefined, name: string | null = "pay") => ({ id: "1", name, args });

describe("reading calls", () => {
  it.each([
    ['{"amount": 10}', { amount: 10 }],
    [' {"amount": 10}\n', { amount: 10 }],
    ["{}", {}],
    ["", {}],
    ["  ", {}],
    ["null", {}],
    [null, {}],
    [undefined, {}],
  ])("%j are the arguments %j", (text, args) => {
    expect(readEach([call(text)], whole)).toEqual([{ id: "1", name: "pay", args, type: "tool_call" }]);
  });

  it.each([...CUT_ARGUMENTS, ...STRANGE_ARGUMENTS])("%s is no call", (_, text) => {
    for (const end of [whole, cut]) {
      expect(readEach([call(text)], end)).toMatchObject([
        { id: "1", name: "pay", args: text, type: "invalid_tool_call" },
      ]);
    }
  });

  it("takes no text for no arguments, unless the answer was cut before them", () => {
    const types = (end: AnswerEnd) => readEach([call(""), call("")], end).map(({ type }) => type);
    expect(types(whole)).toEqual(["tool_call", "tool_call"]);
    expect(types(cut)).toEqual(["tool_call", "invalid_tool_call"]);
  });

  it("knows no call without a name", () => {
    for (const name of ["", null]) {
      expect(readEach([call("{}", name)], whole)).toMatchObject([{ name: "", type: "invalid_tool_call" }]);
    }
  });

  it("tells calls apart and keeps their order", () => {
    const read = readEach([call("{}", "a"), call("{", "b"), call("{}", "c"), call("[", "d")], whole);
    const { tool_calls: calls, invalid_tool_calls: invalid } = partition(read);
    expect([calls, invalid].map((list) => list.map(({ name }) => name))).toEqual([
      ["a", "c"],
      ["b", "d"],
    ]);
  });
});

describe("the reason why a call was not run", () => {
  const reason = (text: string, end: AnswerEnd, name = "pay") => {
    const [read] = readEach([call(text, name)], end);
    return read?.type === "invalid_tool_call" ? read.error : undefined;
  };
  const shorter = "Make it shorter, or split the work into several calls.";

  it.each([
    [
      cut,
      '{"a": 1',
      "pay",
      `The call of pay was cut at the tier's output limit of 512 tokens and was not run. ${shorter}`,
    ],
    [cut, "", "pay", `The call of pay was cut at the tier's output limit of 512 tokens and was not run. ${shorter}`],
    [
      { ...cut, limit: undefined },
      "{",
      "pay",
      `The call of pay was cut at the tier's output limit and was not run. ${shorter}`,
    ],
    [
      { ...cut, cut: "caller" as const },
      "{",
      "pay",
      `The call of pay was cut at max_tokens and was not run. ${shorter}`,
    ],
    [cut, "{", "", `A tool call was cut at the tier's output limit of 512 tokens and was not run. ${shorter}`],
    [
      whole,
      '{"a": 1',
      "pay",
      `The call of pay ends in the middle of its arguments, perhaps cut at the tier's output limit of 512 tokens, and was not run. ${shorter}`,
    ],
    [
      { ...whole, limit: undefined },
      '{"a": 1',
      "pay",
      `The call of pay ends in the middle of its arguments and was not run. ${shorter}`,
    ],
    [whole, "amount=10", "pay", "The call of pay was not run: its arguments are not a JSON object. Write them as one."],
    [whole, "{}", "", "A tool call names no tool and was not run."],
  ])("%j %j", (end, text, name, expected) => {
    expect(reason(text, end, name)).toBe(expected);
  });

  it("is not the limit for a call before the last", () => {
    const [first] = readEach([call("words"), call("{}")], cut);
    expect(first).toMatchObject({ error: expect.stringContaining("not a JSON object") });
  });
});

describe("ids of calls", () => {
  it("are the model's, once each, and else new ones that every upstream takes", () => {
    const nextId = createCallIds();
    const ids = ["call_1", "call_1", "", null, undefined].map(nextId);
    expect(ids[0]).toBe("call_1");
    expect(new Set(ids).size).toBe(5);
    for (const id of ids) expect(id).toMatch(/^[\w-]{1,40}$/);
  });

  it("differ from one answer to the next", () => {
    expect(createCallIds()("")).not.toBe(createCallIds()(""));
  });
});
