import { AIMessage, AIMessageChunk, isAIMessageChunk } from "@langchain/core/messages";
import { describe, expect, it } from "vitest";
import { LaplasMessageChunk } from "./laplas-message-chunk.js";

const piece = (args: string, more: object = {}) => ({ type: "tool_call_chunk" as const, index: 0, args, ...more });
const begun = (args: string) =>
  new LaplasMessageChunk({ content: "", tool_call_chunks: [piece(args, { id: "1", name: "pay" })] });
const last = (finish_reason = "length") =>
  new LaplasMessageChunk({
    content: "",
    response_metadata: { finish_reason, laplas: { adjusted: [], truncatedByTier: false } },
  });

describe("a piece of an answer", () => {
  it("shows how far a call is while it is written, and judges it at the end", () => {
    const growing = begun('{"amount": 10');
    expect(growing.tool_calls).toMatchObject([{ args: { amount: 10 } }]);
    const whole = growing.concat(last());
    expect(whole.tool_calls).toEqual([]);
    expect(whole.invalid_tool_calls).toEqual([
      {
        id: "1",
        name: "pay",
        args: '{"amount": 10',
        type: "invalid_tool_call",
        error: expect.stringContaining("cut at max_tokens"),
      },
    ]);
    expect(
      growing.concat(new LaplasMessageChunk({ content: "", tool_call_chunks: [piece("0}")] })).concat(last("stop"))
        .tool_calls,
    ).toMatchObject([{ args: { amount: 100 } }]);
  });

  it("stays what it was found to be in a copy, and in what copies are made of", () => {
    const whole = begun('{"amount": 10').concat(last());
    const copies = [
      new LaplasMessageChunk({ ...whole }),
      new LaplasMessageChunk({ ...new LaplasMessageChunk({ ...whole }) }),
    ];
    for (const copy of copies) expect(copy.invalid_tool_calls).toEqual(whole.invalid_tool_calls);
    expect(new AIMessage({ ...whole.lc_kwargs }).invalid_tool_calls).toEqual(whole.invalid_tool_calls);
    expect(new AIMessage({ ...whole.lc_kwargs }).tool_calls).toEqual([]);
  });

  it("has its calls among the blocks in the end, and no pieces of them", () => {
    const block = (args: string, more: object = {}) => ({ ...piece(args, more), index: 3 });
    const whole = [
      {
        content: [{ type: "text", text: "Hm.", index: 0 }, block('{"a', { id: "1", name: "pay" })],
        tool_call_chunks: [piece('{"a', { id: "1", name: "pay" })],
      },
      { content: [block('": 1}')], tool_call_chunks: [piece('": 1}')] },
    ]
      .map((fields) => new LaplasMessageChunk(fields as never))
      .reduce((one, other) => one.concat(other))
      .concat(last("tool_calls"));
    expect(whole.content).toEqual([
      { type: "text", text: "Hm.", index: 0 },
      { type: "tool_call", id: "1", name: "pay", args: { a: 1 } },
    ]);
  });

  it("is core's class to everyone, and serialised", () => {
    const whole = begun("{}").concat(last("stop"));
    expect(whole).toBeInstanceOf(AIMessageChunk);
    expect(isAIMessageChunk(whole)).toBe(true);
    expect(JSON.parse(JSON.stringify(whole)).id).toEqual(["langchain_core", "messages", "AIMessageChunk"]);
  });

  it("may be made of a text", () => {
    expect(new LaplasMessageChunk("Hello").content).toBe("Hello");
    expect(new LaplasMessageChunk([{ type: "text", text: "Hello" }]).text).toBe("Hello");
  });
});
