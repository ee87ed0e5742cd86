import { describe, expect, it } from "vitest";
import type { JsonObject } from "../request/wire-types.js";
import { createChunkFiller } from "./fill-chunk.js";

const chunk = (...deltas: readonly object[]): JsonObject => ({
  choices: deltas.map((delta, index) => ({ index, delta, finish_reason: null })),
});
const piece = (text: string, more: object = {}) => ({ ...more, function: { arguments: text } });
const named = (name: string, more: object = {}) => ({ ...more, function: { name, arguments: "" } });

/** The indexes of the calls in one stream, a list for each chunk. */
function indexes(...chunks: readonly (readonly object[])[]): unknown[] {
  const fill = createChunkFiller();
  return chunks.map((calls) => {
    const [choice] = fill(chunk({ tool_calls: calls })).choices as { delta: { tool_calls: JsonObject[] } }[];
    return choice?.delta.tool_calls.map(({ index }) => index);
  });
}

describe("tool calls without an index", () => {
  it("are told apart by their ids", () => {
    const pieces = [named("pay", { id: "a" }), piece("{", { id: "a" }), named("look", { id: "b" })];
    const later = [piece("}", { id: "a" }), named("look", { id: "c" })];
    expect(indexes(...[...pieces, ...later].map((call) => [call]))).toEqual([[0], [0], [1], [0], [2]]);
  });

  it("go on with the call that runs where they have no id", () => {
    expect(indexes([named("pay", { id: "a" })], [piece("{")], [named("look", { id: "b" })], [piece("{")])).toEqual([
      [0],
      [0],
      [1],
      [1],
    ]);
    expect(indexes([piece("", { id: "a" })], [named("pay", { id: "" })], [piece("{", { id: null })])).toEqual([
      [0],
      [0],
      [0],
    ]);
  });

  it("begin another call where a second name comes", () => {
    expect(indexes([named("pay")], [piece("{}")], [named("pay")], [piece("{}")])).toEqual([[0], [0], [1], [1]]);
    expect(indexes([named("pay"), named("look")])).toEqual([[0, 1]]);
  });

  it("are numbered by their place where several say nothing else", () => {
    const begin = [named("pay", { id: "a" }), named("look", { id: "b" })];
    expect(indexes(begin, [piece("{"), piece("{")], [piece("}")])).toEqual([[0, 1], [0, 1], [1]]);
  });

  it("come after those that have one", () => {
    expect(
      indexes([named("pay", { id: "a", index: 4 })], [named("look", { id: "b" })], [piece("{", { id: "a" })]),
    ).toEqual([[4], [5], [4]]);
  });

  it("are counted for each choice by itself", () => {
    const fill = createChunkFiller();
    const calls = (id: string) => ({ tool_calls: [named("pay", { id })] });
    fill(chunk(calls("a"), {}));
    expect(fill(chunk(calls("b"), calls("c")))).toMatchObject({
      choices: [{ delta: { tool_calls: [{ index: 1 }] } }, { delta: { tool_calls: [{ index: 0 }] } }],
    });
  });
});

describe("a chunk", () => {
  it("gives a call its type once, unless it has one", () => {
    const fill = createChunkFiller();
    const types = (call: object) =>
      (fill(chunk({ tool_calls: [call] })).choices as { delta: { tool_calls: JsonObject[] } }[])[0]?.delta
        .tool_calls[0];
    expect(types(named("pay", { index: 0, id: "a" }))).toHaveProperty("type", "function");
    expect(types(piece("{", { index: 0 }))).not.toHaveProperty("type");
    expect(types({ index: 1, id: "b", type: "custom", custom: {} })).toHaveProperty("type", "custom");
    expect(types({ index: 2, id: "c", custom: {} })).not.toHaveProperty("type");
  });

  it("has arguments as text", () => {
    const call = { index: 0, id: "a", type: "function", function: { name: "pay", arguments: { amount: 10 } } };
    expect(createChunkFiller()(chunk({ tool_calls: [call] }))).toEqual(
      chunk({ tool_calls: [{ ...call, function: { name: "pay", arguments: '{"amount":10}' } }] }),
    );
  });

  it("numbers choices by their place", () => {
    expect(createChunkFiller()({ id: "c", choices: [{ delta: {} }, { delta: {} }] })).toEqual({
      id: "c",
      choices: [
        { delta: {}, index: 0 },
        { delta: {}, index: 1 },
      ],
    });
  });

  it.each<JsonObject>([
    chunk({ content: "a" }, { content: "b" }),
    chunk({ tool_calls: [{ index: 0, id: "a", type: "function", function: { name: "pay", arguments: "" } }] }),
    chunk({ tool_calls: [] }, { tool_calls: null }),
    chunk({ tool_calls: 5 }, { tool_calls: [null] }),
    { usage: {} },
    { choices: null },
    { choices: [null, "a"] },
    { choices: [{ index: 0, delta: null }] },
  ])("that lacks nothing, or that nobody can read, is the same object: %j", (given) => {
    expect(createChunkFiller()(given)).toBe(given);
  });
});
