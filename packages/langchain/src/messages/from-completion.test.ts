import type { AIMessage } from "@langchain/core/messages";
import type { ChatCompletion, WithReport } from "@laplas/core";
import { describe, expect, it } from "vitest";
import { fromCompletion } from "./from-completion.js";

const call = (id: unknown, args: unknown) => ({ id, type: "function", function: { name: "pay", arguments: args } });

function messageOf(message: object, finish_reason = "tool_calls", more: object = {}): AIMessage {
  const laplas = { truncatedByTier: false, adjusted: [], windows: [] };
  const completion = { id: "c1", model: "m", choices: [{ index: 0, message, finish_reason }], laplas, ...more };
  const [generation] = fromCompletion(completion as unknown as WithReport<ChatCompletion>).generations;
  expect(generation?.text).toBe(generation?.message.text);
  return generation?.message as AIMessage;
}

describe("calls of a whole answer", () => {
  it.each(["", "null", null, undefined])("with the arguments %j have none", (args) => {
    expect(messageOf({ tool_calls: [call("1", args)] }).tool_calls?.map((made) => made.args)).toEqual([{}]);
  });

  it("get ids where there are none, or one twice", () => {
    const { tool_calls: calls = [] } = messageOf({
      tool_calls: [call("", "{}"), call(null, "{}"), call("1", "{}"), call("1", "{}")],
    });
    expect(new Set(calls.map(({ id }) => id)).size).toBe(4);
    expect(calls[2]?.id).toBe("1");
    expect(calls.every(({ id }) => /^[\w-]{1,40}$/.test(id ?? ""))).toBe(true);
  });

  it("of another kind can't be run", () => {
    const custom = { id: "1", type: "custom", custom: { name: "patch", input: "*** Begin" } };
    expect(messageOf({ tool_calls: [custom] })).toMatchObject({
      tool_calls: [],
      invalid_tool_calls: [{ id: "1", name: "" }],
    });
  });
});

describe("a whole answer", () => {
  it("says why its call was not run, if it says nothing else", () => {
    expect(messageOf({ content: null, tool_calls: [call("1", "{")] }, "length").text).toContain(
      "was cut at max_tokens",
    );
    expect(messageOf({ content: "I pay.", tool_calls: [call("1", "{")] }, "length").text).toBe("I pay.");
    expect(messageOf({ content: "", tool_calls: [call("1", "{}"), call("2", "{")] }, "length").text).toBe("");
  });

  it("without an id has none: an empty one would be everyone's", () => {
    for (const id of ["", undefined, null]) expect(messageOf({ content: "Hello" }, "stop", { id }).id).toBeUndefined();
  });

  it("may have null for a list of calls", () => {
    expect(messageOf({ content: "Hello", tool_calls: null }, "stop")).toMatchObject({
      tool_calls: [],
      content: "Hello",
    });
  });
});
