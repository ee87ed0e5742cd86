import { describe, expect, it, test } from "vitest";
import type { ChatMessage } from "../request/wire-types.js";
import { draftOf, reportedIn } from "../testing/draft.js";
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
  const draft = { ...draftOf("openai", messages), model: "m" };
  const given = structuredClone(messages);
  const kept = keepKnownKeys(messages as ChatMessage[], shape, draft);
  expect(messages).toEqual(given);
  return { kept, reported: reportedIn(draft) };
}

describe("a message's keys", () => {
  it("that its shape has are kept", () => {
    const messages = [
      { role: "system", content: "a", name: "rules" },
      { role: "assistant", content: null, refusal: "No.", tool_calls: [{}] },
      { role: "tool", content: "a", name: "f", tool_call_id: "1" },
    ];
    const { kept, reported } = keep(OPENAI_KEYS, ...messages);
    expect(kept).toEqual(messages);
    expect(kept[0]).toBe(messages[0]);
    expect(reported).toEqual([]);
  });

  it("that other worlds have are taken off, and reported once", () => {
    const answered = {
      role: "assistant",
      content: "a",
      annotations: [{}],
      reasoning: "hm",
      reasoning_content: "hm",
      reasoning_details: [{ type: "reasoning.text", text: "hm" }],
      thinking_blocks: [{ type: "thinking", thinking: "hm" }],
      provider_specific_fields: { a: 1 },
      extra_content: { google: {} },
      id: "msg_1",
      cache_control: { type: "ephemeral" },
      cache: false,
      mood: "x",
    };
    expect(keep(OPENAI_KEYS, answered, answered)).toEqual({
      kept: [
        { role: "assistant", content: "a" },
        { role: "assistant", content: "a" },
      ],
      reported: ["messages=without_extras"],
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

  it("keep content that is null, which has a meaning of its own, and one that is empty, but no empty name", () => {
    const messages = [
      { role: "assistant", content: null },
      { role: "user", content: "" },
    ];
    expect(keep(OPENAI_KEYS, ...messages)).toEqual({ kept: messages, reported: [] });
    expect(keep(OPENAI_KEYS, { role: "user", content: "a", name: "" })).toEqual({
      kept: [{ role: "user", content: "a" }],
      reported: [],
    });
  });

  it("lose the speaker's name where a shape has none, and this is reported", () => {
    expect(keep(PLAIN_KEYS, { role: "tool", content: "a", name: "f", tool_call_id: "1" })).toEqual({
      kept: [{ role: "tool", content: "a", tool_call_id: "1" }],
      reported: ["messages=without_names"],
    });
    expect(keep(CLAUDE_KEYS, { role: "user", content: "a", name: "ann" }).reported).toEqual(["messages=without_names"]);
  });

  it("of another role are taken off like others", () => {
    expect(keep(OPENAI_KEYS, { role: "user", content: "a", tool_call_id: "1", refusal: "No." })).toEqual({
      kept: [{ role: "user", content: "a" }],
      reported: ["messages=without_extras"],
    });
  });

  test.each([
    "images",
    "image",
    "image_url",
    "audio",
    "video",
    "videos",
    "file",
    "files",
    "documents",
    "attachments",
    "experimental_attachments",
    "input_audio",
    "prefix",
    "prefill",
  ])("that are part of what was said are refused: %s", (key) => {
    for (const shape of [OPENAI_KEYS, PLAIN_KEYS, CLAUDE_KEYS]) {
      const message = { role: "assistant", content: "a", [key]: { a: 1 } };
      expect(() => keep(shape, { role: "user", content: "a" }, message)).toThrow(refusal(`messages[1].${key}`));
      expect(() => keep(shape, message)).toThrow(
        `messages[0] has a field "${key}", which "m" does not take. Leave it out.`,
      );
      for (const nothing of [null, [], "", false]) {
        expect(keep(shape, { ...message, [key]: nothing }).kept).toEqual([{ role: "assistant", content: "a" }]);
      }
    }
  });

  it("that are refused are named at the place that the caller knows", () => {
    const messages = [{ role: "user", content: "a", images: ["x"] }];
    const draft = { ...draftOf("openai", messages), places: [3] };
    expect(() => keepKnownKeys(draft.messages, OPENAI_KEYS, draft)).toThrow(refusal("messages[3].images"));
  });

  it("of a role that nobody knows are those of OpenAI's assistant", () => {
    for (const role of ["critic", "constructor", "__proto__"]) {
      const message = { role, content: "a", refusal: "No.", name: "ann" };
      expect(keep(PLAIN_KEYS, message).kept).toEqual([message]);
      expect(keep(PLAIN_KEYS, { ...message, mood: "x" })).toEqual({
        kept: [message],
        reported: ["messages=without_extras"],
      });
    }
  });
});

describe("the keys of a call in a message", () => {
  const plain = { id: "1", type: "function", function: { name: "f", arguments: "{}" } };
  function keepCalls(...calls: unknown[]) {
    const messages = [{ role: "assistant", content: null, tool_calls: calls }] as unknown as ChatMessage[];
    const draft = draftOf("openai", messages);
    const [kept] = keepKnownCallKeys(messages, draft);
    return { calls: kept?.tool_calls, reported: reportedIn(draft) };
  }

  it("that are known are kept", () => {
    expect(keepCalls(plain)).toEqual({ calls: [plain], reported: [] });
    expect(keepCalls()).toEqual({ calls: [], reported: [] });
  });

  it("that a stream left in it are taken off, and so is what says nothing", () => {
    expect(keepCalls({ index: 0, ...plain }, { ...plain, mood: null })).toEqual({
      calls: [plain, plain],
      reported: ["messages=without_extras"],
    });
    expect(keepCalls({ ...plain, function: { ...plain.function, index: 3 } }).calls).toEqual([plain]);
  });

  test.each([
    { ...plain, mood: "x" },
    { ...plain, extra_content: { google: { thought_signature: "s" } } },
    { ...plain, function: { ...plain.function, mood: "x" } },
  ])("that other worlds have are taken off, and reported: %j", (call) => {
    expect(keepCalls(plain, call)).toEqual({ calls: [plain, plain], reported: ["messages=without_extras"] });
  });

  it("of what is no call are the server's business", () => {
    const odd = [null, { id: "1" }, { ...plain, function: null }];
    expect(keepCalls(...odd, { index: 0, ...plain }).calls).toEqual([...odd, plain]);
    const text = [{ role: "assistant", tool_calls: "f" }] as unknown as ChatMessage[];
    expect(keepKnownCallKeys(text, draftOf("openai"))).toEqual(text);
  });
});
