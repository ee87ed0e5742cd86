import { AIMessage, HumanMessage, ToolMessage } from "@langchain/core/messages";
import { describe, expect, it } from "vitest";
import { brokenInARow, openCalls, structuredError } from "./cut-answers.js";

const broken = (id: string, name = "write_file", args = '{"a"') => ({
  id,
  name,
  args,
  error: `${id} was not run.`,
  type: "invalid_tool_call" as const,
});
const whole = { id: "whole", name: "write_file", args: {} };
const answer = (invalid: ReturnType<typeof broken>[], calls: object[] = [], more: object = {}) =>
  new AIMessage({ content: "", tool_calls: calls as never, invalid_tool_calls: invalid, ...more });
const result = (id: string) => new ToolMessage({ content: "", tool_call_id: id });
const human = new HumanMessage("Go on");

describe("calls that wait for a word to the model", () => {
  it("are those of the last answer that could not be run and have no result", () => {
    const last = answer([broken("a"), broken("b")], [whole]);
    expect(openCalls([human, answer([broken("old")]), last, result("a")]).map(({ id }) => id)).toEqual(["b"]);
    expect(openCalls([last, result("a"), result("b")])).toEqual([]);
    expect(openCalls([human])).toEqual([]);
    // The id of an older call, which has its result.
    expect(openCalls([answer([broken("a")]), result("a"), answer([broken("a")])]).map(({ id }) => id)).toEqual(["a"]);
    expect(openCalls([answer([broken("old")]), result("old"), answer([], [whole])])).toEqual([]);
  });
});

describe("broken answers in a row", () => {
  it.each([
    [[human], 0],
    [[human, answer([broken("a")])], 1],
    [[human, answer([broken("a")]), result("a"), answer([broken("b")]), result("b")], 2],
    [[answer([broken("a")]), human, answer([broken("b")])], 1],
    [[answer([broken("a")]), result("a"), answer([], [whole]), result("whole"), answer([broken("b")])], 1],
    [[answer([broken("a")]), result("a"), answer([broken("b")], [whole])], 0],
    [[answer([broken("a")]), new AIMessage("Done.")], 0],
  ])("are counted from the end: %#", (messages, expected) => {
    expect(brokenInARow(messages)).toBe(expected);
  });
});

describe("the error of an answer without its structured one", () => {
  const report = (truncatedByTier: boolean) => ({
    truncatedByTier,
    adjusted: [{ field: "max_tokens", to: "max_tokens=512", rule: "output_tokens" }],
  });
  const ended = (finish_reason: string) => ({
    response_metadata: { finish_reason, laplas: report(finish_reason === "length") },
  });
  const tools = new Set(["write_file"]);
  const again = { tools, mayRetry: true };
  const noMore = { tools, mayRetry: false };
  const cut = expect.objectContaining({ code: "output_tokens" });

  it.each(["length", "tool_calls"])("comes at once for a structured answer that was cut (%s)", (finishReason) => {
    const error = structuredError(answer([broken("a", "extract-1")], [], ended(finishReason)), again);
    expect(error).toMatchObject({ code: "output_tokens", completed: '{"a"' });
  });

  it("comes for a call of the agent's tools only when the model has had its chances", () => {
    const call = answer([broken("a")], [], ended("length"));
    expect(structuredError(call, again)).toBeUndefined();
    expect(structuredError(call, noMore)).toEqual(cut);
  });

  it("comes for one that can't be read otherwise only then, and is a parser's", () => {
    const call = answer([broken("a", "extract-1", "a=1")], [], ended("stop"));
    expect(structuredError(call, again)).toBeUndefined();
    expect(structuredError(call, noMore)).toMatchObject({
      message: expect.stringMatching(/^a was not run/),
      llmOutput: "a=1",
    });
  });

  it("comes at once for text that was cut, unless that is whole", () => {
    const text = (content: string, finishReason: string) => new AIMessage({ content, ...ended(finishReason) });
    expect(structuredError(text('{"a"', "length"), again)).toEqual(cut);
    expect(structuredError(text('{"a"', "stop"), again)).toEqual(cut);
    expect(structuredError(text("", "length"), again)).toEqual(cut);
    expect(structuredError(text('{"a": 1}', "length"), again)).toBeUndefined();
    expect(structuredError(text("Hello", "stop"), again)).toBeUndefined();
  });

  it("does not come while there is a call to run", () => {
    expect(structuredError(answer([broken("a", "extract-1")], [whole], ended("length")), noMore)).toBeUndefined();
  });
});
