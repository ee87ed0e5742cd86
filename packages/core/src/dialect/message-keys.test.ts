import { describe, expect, it, test } from "vitest";
import type { Adjustment } from "../request/adjustment.js";
import type { ChatMessage } from "../request/wire-types.js";
import {
  CLAUDE_KEYS,
  keepKnownCallKeys,
  keepKnownKeys,
  type MessageKeys,
  OPENAI_KEYS,
  PLAIN_KEYS,
} from "./message-keys.js";

const refusal = (param: string) => expect.objectContaining({ code: "invalid_request", param });

function keep(shape: MessageKeys, ...messages: object[]) {
  const adjustments: Adjustment[] = [];
  const given = structuredClone(messages);
  const kept = keepKnownKeys(messages as ChatMessage[], shape, "m", adjustments);
  expect(messages).toEqual(given);
  return { kept, reported: adjustments.map(({ to }) => to) };
}

describe("a message's keys", () => {
  it("that its shape has are kept", () => {
    const messages = [
      { role: "system", content: "a", name: "rules" },
      { role: "assistant", content: null, refusal: "No.", audio: { id: "1" }, tool_calls: [{}], function_call: {} },
      { role: "tool", content: "a", name: "f", tool_call_id: "1" },
    ];
    const { kept, reported } = keep(OPENAI_KEYS, ...messages);
    expect(kept).toEqual(messages);
    expect(kept[0]).toBe(messages[0]);
    expect(reported).toEqual([]);
  });

  it("that only answers have are taken off, and reported once", () => {
    const answered = {
      role: "assistant",
      content: "a",
      annotations: [{}],
      reasoning: "hm",
      reasoning_content: "hm",
      provider_specific_fields: { a: 1 },
    };
    expect(keep(OPENAI_KEYS, answered, answered)).toEqual({
      kept: [
        { role: "assistant", content: "a" },
        { role: "assistant", content: "a" },
      ],
      reported: ["messages=without_answer_fields"],
    });
  });

  it("that say nothing are taken off without a word", () => {
    const empty = {
      role: "assistant",
      content: "a",
      name: null,
      refusal: undefined,
      tool_calls: [],
      reasoning: "",
      annotations: [],
      mood: "",
    };
    expect(keep(OPENAI_KEYS, empty)).toEqual({ kept: [{ role: "assistant", content: "a" }], reported: [] });
  });

  it("keep content that is null, which has a meaning of its own, and texts that are empty", () => {
    const messages = [
      { role: "assistant", content: null },
      { role: "user", content: "", name: "" },
    ];
    expect(keep(OPENAI_KEYS, ...messages).kept).toEqual(messages);
  });

  it("lose the speaker's name where a shape has none, and this is reported", () => {
    expect(keep(PLAIN_KEYS, { role: "tool", content: "a", name: "f", tool_call_id: "1" })).toEqual({
      kept: [{ role: "tool", content: "a", tool_call_id: "1" }],
      reported: ["messages=without_names"],
    });
    expect(keep(CLAUDE_KEYS, { role: "user", content: "a", name: "ann" }).reported).toEqual(["messages=without_names"]);
  });

  test.each<[string, MessageKeys, object, string]>([
    ["of another shape", PLAIN_KEYS, { role: "assistant", content: "", function_call: {} }, "function_call"],
    ["of another role", OPENAI_KEYS, { role: "user", content: "a", tool_call_id: "1" }, "tool_call_id"],
    ["that nobody knows", OPENAI_KEYS, { role: "user", content: "a", cache_control: { a: 1 } }, "cache_control"],
    ["that are false", OPENAI_KEYS, { role: "user", content: "a", cache: false }, "cache"],
  ])("%s would be lost, so they are refused", (_, shape, message, key) => {
    expect(() => keep(shape, { role: "user", content: "a" }, message)).toThrow(refusal(`messages[1].${key}`));
    expect(() => keep(shape, message)).toThrow(
      `messages[0] has a field "${key}", which "m" does not take. Leave it out.`,
    );
  });

  it("of a role that nobody knows are those of OpenAI's assistant", () => {
    for (const role of ["critic", "constructor", "__proto__"]) {
      const message = { role, content: "a", refusal: "No.", audio: { id: "1" } };
      expect(keep(PLAIN_KEYS, message).kept).toEqual([message]);
      expect(() => keep(PLAIN_KEYS, { ...message, mood: "x" })).toThrow(refusal("messages[0].mood"));
    }
  });
});

describe("the keys of a call in a message", () => {
  const plain = { id: "1", type: "function", function: { name: "f", arguments: "{}" } };
  function keepCalls(...calls: unknown[]) {
    const adjustments: Adjustment[] = [];
    const messages = [{ role: "assistant", content: null, tool_calls: calls }] as unknown as ChatMessage[];
    const [kept] = keepKnownCallKeys(messages, "m", adjustments);
    return { calls: kept?.tool_calls, reported: adjustments.map(({ to }) => to) };
  }

  it("that are known are kept", () => {
    expect(keepCalls(plain)).toEqual({ calls: [plain], reported: [] });
    expect(keepCalls()).toEqual({ calls: [], reported: [] });
  });

  it("that a stream left in it are taken off, and so is what says nothing", () => {
    expect(keepCalls({ index: 0, ...plain }, { ...plain, mood: null })).toEqual({
      calls: [plain, plain],
      reported: ["messages=without_answer_fields"],
    });
    expect(keepCalls({ ...plain, function: { ...plain.function, index: 3 } }).calls).toEqual([plain]);
  });

  test.each([
    [{ ...plain, mood: "x" }, "messages[0].tool_calls[1].mood"],
    [{ ...plain, function: { ...plain.function, mood: "x" } }, "messages[0].tool_calls[1].function.mood"],
  ])("that would be lost are refused: %j", (call, param) => {
    expect(() => keepCalls(plain, call)).toThrow(refusal(param));
  });

  it("of what is no call are the server's business", () => {
    const odd = [null, { id: "1" }, { ...plain, function: null }];
    expect(keepCalls(...odd, { index: 0, ...plain }).calls).toEqual([...odd, plain]);
    const text = [{ role: "assistant", tool_calls: "f" }] as unknown as ChatMessage[];
    expect(keepKnownCallKeys(text, "m", [])).toEqual(text);
  });
});
