import { describe, expect, it } from "vitest";
import type { ChatCompletion } from "../request/wire-types.js";
import { createTestContext, plan } from "../testing/call.js";
import { ask } from "../testing/engine.js";
import { endWithCalls, fillAnswer } from "./fill-answer.js";

const call = () => plan(createTestContext().context, ask("Hello"), { requestId: "mine" });
const messageOf = (message: object) => {
  const { choices } = fillAnswer({ choices: [{ index: 0, message }] }, call()) as { choices: { message: object }[] };
  return choices[0]?.message;
};

describe("a whole answer", () => {
  it("keeps its own head, with whatever else it has", () => {
    const given = { id: "c", object: "chat.completion", created: 1, model: "m", choices: [], odd: 5 };
    expect(fillAnswer(given, call())).toEqual(given);
  });

  it.each([{}, { id: "", object: null, created: null, model: null }])("without a head (%j) gets one", (given) => {
    const prepared = call();
    expect(fillAnswer({ ...given, choices: [] }, prepared)).toEqual({
      id: "mine",
      object: "chat.completion",
      created: prepared.createdAt,
      model: "gpt-4o-mini",
      choices: [],
    });
  });

  it("numbers its choices by their place", () => {
    const choices = [{ message: {} }, { index: 7, message: {} }, { index: null, message: {} }];
    expect(fillAnswer({ choices }, call())).toMatchObject({ choices: [{ index: 0 }, { index: 7 }, { index: 2 }] });
  });

  it.each([null, []])("has no list of tool calls that is empty: %j", (tool_calls) => {
    expect(messageOf({ content: "yes", tool_calls })).toEqual({ content: "yes" });
  });

  it("has calls with a type, and arguments as text", () => {
    const called = { name: "pay", arguments: { amount: 10 } };
    const other = { id: "b", type: "custom", custom: { name: "patch", input: "x" } };
    expect(messageOf({ tool_calls: [{ id: "a", function: called }, other] })).toEqual({
      tool_calls: [{ id: "a", type: "function", function: { name: "pay", arguments: '{"amount":10}' } }, other],
    });
  });

  it.each([undefined, null, 5, {}, [null], [{ index: 0 }], [{ index: 0, message: "yes" }]])(
    "with choices %j is left for the check",
    (choices) => {
      expect(fillAnswer({ choices }, call())).toHaveProperty("choices", choices);
    },
  );

  it.each([5, {}, [null]])("with calls %j is left for the check", (tool_calls) => {
    expect(messageOf({ tool_calls })).toEqual({ tool_calls });
  });
});

describe("an answer that calls tools", () => {
  const answer = (reason: string, message: object) =>
    ({ choices: [{ index: 0, message, finish_reason: reason }] }) as unknown as ChatCompletion;

  it("ends with them", () => {
    expect(endWithCalls(answer("stop", { tool_calls: [{ id: "a" }] })).choices[0]?.finish_reason).toBe("tool_calls");
  });

  it.each([
    ["length", { tool_calls: [{ id: "a" }] }],
    ["stop", { content: "yes" }],
    ["function_call", { function_call: {} }],
  ])("is the same where it ends with %s and has %j", (reason, message) => {
    const given = answer(reason, message);
    expect(endWithCalls(given)).toBe(given);
  });
});
