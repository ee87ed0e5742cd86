import { AIMessageChunk } from "@langchain/core/messages";
import { describe, expect, it } from "vitest";
import { CUT_ARGUMENTS } from "../testing/cut-calls.js";
import { createStreamedCalls, sealUnreadable, UNREADABLE, unsealed } from "./streamed-calls.js";

const end = { cut: undefined, limit: undefined, rule: undefined };
const chunk = (index: number, args: string, more: object = {}) => ({ type: "tool_call_chunk", index, args, ...more });

describe("calls of a stream", () => {
  it("are written with id and name on the first piece, and never again", () => {
    const calls = createStreamedCalls();
    const own = { id: "call_1", type: "function" };
    expect(calls.add([{ index: 0, ...own, function: { name: "pay", arguments: "" } }])).toEqual([
      chunk(0, "", { id: "call_1", name: "pay" }),
    ]);
    expect(calls.add([{ index: 0, ...own, function: { name: "pay", arguments: '{"a":' } }])).toEqual([
      chunk(0, '{"a":'),
    ]);
    expect(calls.add([{ index: 0, function: { arguments: "1}" } }])).toEqual([chunk(0, "1}")]);
    expect(calls.written).toMatchObject([{ id: "call_1", name: "pay", args: '{"a":1}' }]);
  });

  it("may lack whatever a server leaves out", () => {
    const calls = createStreamedCalls();
    expect(calls.add(undefined)).toEqual([]);
    expect(calls.add(null)).toEqual([]);
    const [first] = calls.add([{ index: 0, function: null as never }]);
    expect(first).toEqual(chunk(0, "", { id: expect.stringMatching(/^call_\w{32}$/) }));
    expect(calls.add([{ index: 0, function: { name: "now" } }])).toEqual([chunk(0, "", { name: "now" })]);
    expect(calls.written).toMatchObject([{ name: "now", args: "" }]);
  });

  it("keep the id that they got first", () => {
    const calls = createStreamedCalls();
    const [first] = calls.add([{ index: 0, function: { name: "now" } }]);
    expect(calls.add([{ index: 0, id: "late", function: { arguments: "{}" } }])).toEqual([chunk(0, "{}")]);
    expect(calls.written).toMatchObject([{ id: first?.id, args: "{}" }]);
  });

  it("are told apart by index, and where all have one by id and name", () => {
    const calls = createStreamedCalls();
    const begun = (index: number | undefined, id: string) =>
      calls.add([{ index: index as number, id, function: { name: "pay", arguments: `{"to":"${id}"` } }]);
    begun(0, "a");
    begun(1, "b");
    calls.add([{ index: 0, function: { arguments: "}" } }]);
    begun(1, "c");
    begun(undefined, "d");
    calls.add([{ index: 1, function: { arguments: "}" } }]);
    expect(calls.written).toMatchObject([
      { id: "a", args: '{"to":"a"}' },
      { id: "b", args: '{"to":"b"' },
      { id: "c", args: '{"to":"c"}' },
      { id: "d", args: '{"to":"d"' },
    ]);
  });
});

describe("the seal of a call that can't be read", () => {
  it.each(CUT_ARGUMENTS)("keeps core from completing %s", (_, args) => {
    const written = [{ id: "call_1", name: "pay", args }];
    const seals = sealUnreadable(written, end);
    expect(seals).toEqual([chunk(0, UNREADABLE)]);
    const begun = new AIMessageChunk({
      content: "",
      tool_call_chunks: [{ ...written[0], index: 0, type: "tool_call_chunk" }],
    });
    const whole = begun.concat(new AIMessageChunk({ content: "", tool_call_chunks: seals }));
    expect(whole.tool_calls).toEqual([]);
    expect(whole.invalid_tool_calls).toMatchObject([{ id: "call_1", name: "pay" }]);
    expect(unsealed(whole.tool_call_chunks?.[0]?.args)).toBe(args);
  });

  it("is put on nothing else", () => {
    const written = ["{}", "{", '{"a":1}', "", "null"].map((args) => ({ id: args, name: "pay", args }));
    expect(sealUnreadable(written, end)).toEqual([chunk(1, UNREADABLE)]);
    expect(["{}", "", undefined].map(unsealed)).toEqual(["{}", "", ""]);
  });
});
