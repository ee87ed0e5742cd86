import { describe, expect, it, test } from "vitest";
import { read } from "../testing/requests.js";
import { promptTexts, writtenTexts } from "./text-of.js";

const textsOf = (...messages: unknown[]) => [...promptTexts(read("chat", { messages }))];

describe("the texts of a prompt", () => {
  test.each<[string, unknown, string[]]>([
    ["a text", "one", ["one"]],
    [
      "parts of text",
      [
        { type: "text", text: "one" },
        { type: "text", text: "two" },
      ],
      ["one", "two"],
    ],
    ["bare texts in a list", ["one", "two"], ["one", "two"]],
    ["a tool's result", [{ type: "tool_result", content: [{ type: "text", text: "one" }] }], ["one"]],
    ["a tool's result as text", [{ type: "tool_result", content: "one" }], ["one"]],
    ["other parts", [null, 5, { type: "image_url" }, { type: "text", text: 5 }], []],
    ["nothing", null, []],
    ["a number", 5, []],
  ])("are those in %s", (_, content, texts) => {
    expect(textsOf({ role: "user", content })).toEqual(texts);
  });

  it("are those of all messages, in order, calls of tools included", () => {
    const calls = [{ id: "1", type: "function", function: { name: "f", arguments: '{"a":1}' } }];
    expect(textsOf({ role: "user", content: "one" }, { role: "assistant", content: "two", tool_calls: calls })).toEqual(
      ["one", "two", JSON.stringify(calls)],
    );
  });

  it("are the same as they were written: of a call of a tool its name and arguments", () => {
    const call = (fields: unknown) => ({ id: "1", type: "function", function: fields });
    const calls = [call({ name: "f", arguments: '{"a":1}' }), call({ arguments: {} }), call(null), null, 5];
    const messages = [
      { role: "user", content: [{ type: "text", text: "one" }] },
      { role: "assistant", content: null, tool_calls: calls },
      { role: "assistant", content: null, function_call: { name: "g", arguments: '{"b":2}' } },
      { role: "assistant", content: "two", function_call: null },
    ];
    expect([...writtenTexts(read("chat", { messages }))]).toEqual(["one", "f", '{"a":1}', "g", '{"b":2}', "two"]);
    expect([...writtenTexts(read("embedding", { input: ["one", "two"] }))]).toEqual(["one", "two"]);
    expect([...writtenTexts(read("image"))]).toEqual([]);
  });

  it("are those of a call of a function in the older words", () => {
    const function_call = { name: "f", arguments: '{"a":1}' };
    expect(textsOf({ role: "assistant", content: null, function_call })).toEqual([JSON.stringify(function_call)]);
    expect(textsOf({ role: "assistant", content: "one", function_call: null })).toEqual(["one"]);
  });

  it("leave out calls that JSON can't say", () => {
    expect(textsOf({ role: "assistant", content: "one", tool_calls: [5n] })).toEqual(["one", ""]);
  });

  it("end somewhere in content that has no end", () => {
    const loop: { type: string; text: string; content: unknown[] } = { type: "text", text: "one", content: [] };
    loop.content.push(loop);
    expect(textsOf({ role: "user", content: [loop] }).length).toBeLessThan(20);
  });

  it("are the inputs of vectors and the prompt of an image", () => {
    expect([...promptTexts(read("embedding", { input: ["one", "two"] }))]).toEqual(["one", "two"]);
    expect([...promptTexts(read("image", { prompt: "A boat" }))]).toEqual(["A boat"]);
    expect([...promptTexts(read("image", { prompt: 5 }))]).toEqual([]);
    expect([...promptTexts(read("chat", { prompt: "not one" }))]).toEqual(["Hello"]);
  });
});
