import { describe, expect, it } from "vitest";
import type { ChatCompletion, ChatCompletionChunk, JsonObject } from "../request/wire-types.js";
import { checkAnswer, checkChunk } from "./check-answer.js";

const whole = (choices: unknown) => checkAnswer({ id: "c", choices } as unknown as ChatCompletion);
const piece = (fields: object) => checkChunk({ id: "c", ...fields } as unknown as ChatCompletionChunk);
const called = (call: unknown): JsonObject => ({ tool_calls: [call] });
const unexpected = (at: string) =>
  expect.objectContaining({
    name: "FatalUpstreamError",
    code: "unexpected_response",
    retryable: false,
    message: expect.stringContaining(at),
  });

/** What neither a message nor a delta may hold. */
const ODD: readonly (readonly [fields: JsonObject, at: string])[] = [
  [{ content: 7 }, "content"],
  [{ content: ["Hello"] }, "content"],
  [{ reasoning_content: {} }, "reasoning_content"],
  [{ refusal: true }, "refusal"],
  [{ tool_calls: 5 }, "tool_calls"],
  [{ tool_calls: {} }, "tool_calls"],
  [called(null), "tool_calls[0]"],
  [called("pay"), "tool_calls[0]"],
  [called({ id: 5, function: { name: "pay", arguments: "{}" } }), "tool_calls[0].id"],
  [called({ id: "1", function: "pay" }), "tool_calls[0].function"],
  [called({ id: "1", function: { name: 5, arguments: "{}" } }), "tool_calls[0].function.name"],
  [called({ id: "1", function: { name: "pay", arguments: { amount: 10 } } }), "tool_calls[0].function.arguments"],
  [called({ id: "1", function: { name: "pay", arguments: [10] } }), "tool_calls[0].function.arguments"],
  [called({ id: "1", function: { name: "pay", arguments: 10 } }), "tool_calls[0].function.arguments"],
];

describe("a whole answer", () => {
  it.each([
    [undefined, "choices"],
    [null, "choices"],
    [{}, "choices"],
    [[], "no choices"],
    [[null], "choices[0]"],
    [["Hello"], "choices[0]"],
    [[{}], "choices[0].message"],
    [[{ message: null }], "choices[0].message"],
    [[{ message: "Hello" }], "choices[0].message"],
    [[{ message: {} }, { message: null }], "choices[1].message"],
    [[{ message: called({ id: "1" }) }], "tool_calls[0].function"],
    [[{ message: called({ id: "1", function: {} }) }], "tool_calls[0].function.name"],
  ])("with choices %j is an error", (choices, at) => {
    expect(() => whole(choices)).toThrow(unexpected(at));
  });

  it.each(ODD)("with %j in its message is an error", (fields, at) => {
    expect(() => whole([{ message: fields }])).toThrow(unexpected(`choices[0].message.${at}`));
  });

  it("passes as it is, with whatever else it has", () => {
    const choices = [
      { message: {} },
      { message: { content: null, tool_calls: null, refusal: null, reasoning_content: null, audio: 5 }, logprobs: 7 },
      { message: { content: "", annotations: "none" }, finish_reason: undefined },
      { message: called({ function: { name: "now", arguments: null } }) },
      { message: called({ id: null, type: "function", function: { name: "now" } }) },
      { message: called({ id: "1", type: "custom", custom: { name: "patch", input: "*** Begin" } }) },
    ];
    expect(whole(choices)).toEqual({ id: "c", choices });
  });

  it("is not quoted: what the model said may be in it", () => {
    expect(() => whole([{ message: { content: ["a secret"] } }])).not.toThrow(/secret/);
  });
});

describe("an event of a stream", () => {
  it.each([
    [{ choices: 7 }, "choices"],
    [{ choices: {} }, "choices"],
    [{ choices: [null] }, "choices[0]"],
    [{ choices: [{ delta: 7 }] }, "choices[0].delta"],
    [{ choices: [{ delta: "Hello" }] }, "choices[0].delta"],
    ...ODD.map(([delta, at]): [object, string] => [{ choices: [{ delta }] }, `choices[0].delta.${at}`]),
  ])("with %j is an error", (fields, at) => {
    expect(() => piece(fields)).toThrow(unexpected(at));
  });

  it.each([
    { choices: [] },
    { choices: [{}] },
    { choices: [{ delta: null, finish_reason: "stop" }] },
    { choices: [{ delta: { content: null, tool_calls: null } }] },
    { choices: [{ delta: called({ index: 0, function: null }) }] },
    { choices: [{ delta: called({ index: 0, id: "1", function: { name: "pay" } }) }] },
    { choices: [{ delta: called({ index: 0, function: { name: null, arguments: null } }) }] },
  ])("with %j passes as it is", (fields) => {
    const chunk = { id: "c", ...fields } as unknown as ChatCompletionChunk;
    expect(checkChunk(chunk)).toBe(chunk);
  });

  it.each([{}, { choices: null }, { usage: { total_tokens: 5 } }])("with %j has no choices", (fields) => {
    expect(piece(fields)).toEqual({ id: "c", ...fields, choices: [] });
  });
});
