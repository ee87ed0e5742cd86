import { describe, expect, it, test } from "vitest";
import type { ChatMessage } from "../request/wire-types.js";
import { draftOf, reportedIn } from "../testing/draft.js";
import { withPlainParts } from "./plain-parts.js";

function plain(...content: unknown[]) {
  const message = { role: "user", content } as unknown as ChatMessage;
  const draft = draftOf("openai", [message]);
  const [written] = withPlainParts(draft.messages, draft);
  return { parts: written?.content, isSame: written === message, reported: reportedIn(draft) };
}
const text = (words: string, more: object = {}) => ({ type: "text", text: words, ...more });

describe("a part of text", () => {
  it("loses keys that say nothing, without a word", () => {
    expect(plain(text("a"), text("b", { annotations: [{}], id: null }), { type: "text", id: undefined })).toEqual({
      parts: [text("a"), text("b"), text("")],
      isSame: false,
      reported: [],
    });
  });

  it("loses other keys, which is reported once", () => {
    expect(plain(text("a", { mood: "x" }), text("b", { cache_control: { type: "ephemeral" } }))).toEqual({
      parts: [text("a"), text("b")],
      isSame: false,
      reported: ["messages=without_extras"],
    });
  });

  it("may have the names that OpenAI's Responses have for it", () => {
    const { parts } = plain({ type: "input_text", text: "a" }, { type: "output_text", text: "b", annotations: [] });
    expect(parts).toEqual([text("a"), text("b")]);
  });

  test.each([5, {}, ["a"], false])("is no %j", (words) => {
    expect(() => plain(text("a"), { type: "text", text: words })).toThrow(
      expect.objectContaining({ code: "invalid_request", param: "messages[0].content[1].text" }),
    );
  });
});

test.each([
  { type: "thinking", thinking: "Hm.", signature: "s" },
  { type: "redacted_thinking", data: "x" },
  { type: "reasoning", text: "Hm." },
])("thoughts are taken off, and reported: %j", (thought) => {
  expect(plain(thought, text("a"))).toEqual({
    parts: [text("a")],
    isSame: false,
    reported: ["messages=without_extras"],
  });
});

test("a part of another type loses a mark for a cache alone", () => {
  const picture = { type: "image_url", image_url: { url: "https://a.example/1.png", detail: "low" } };
  expect(plain({ ...picture, cache_control: { type: "ephemeral" } })).toEqual({
    parts: [picture],
    isSame: false,
    reported: ["messages=without_extras"],
  });
});

test("messages with nothing to take off are the same objects", () => {
  expect(plain(text("a"), { type: "file", file: {} }, null, "a")).toMatchObject({ isSame: true, reported: [] });
  const spoken = [{ role: "user", content: "Hi" }] as const;
  expect(withPlainParts(spoken, draftOf("openai", spoken))[0]).toBe(spoken[0]);
});
