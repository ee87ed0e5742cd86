import { describe, expect, it, test } from "vitest";
import type { Adjustment } from "../request/adjustment.js";
import type { ChatMessage } from "../request/wire-types.js";
import { type ContentShape, conformContent, OPENAI_CONTENT, PLAIN_CONTENT } from "./message-content.js";

const shapes = { openai: OPENAI_CONTENT, plain: PLAIN_CONTENT };
type ShapeName = keyof typeof shapes;
const text = (words: string, more: object = {}) => ({ type: "text", text: words, ...more });

function conform(shape: ContentShape, ...messages: object[]) {
  const adjustments: Adjustment[] = [];
  const contents = conformContent(messages as ChatMessage[], shape, "m", adjustments).map(({ content }) => content);
  return { contents, reported: adjustments.map(({ to }) => to) };
}
const refusal = (param: string) => expect.objectContaining({ code: "invalid_request", param });

describe("content", () => {
  it("that is a text is kept, an empty one too", () => {
    for (const shape of Object.values(shapes)) {
      expect(conform(shape, { role: "user", content: "Hi" }, { role: "tool", content: "" })).toEqual({
        contents: ["Hi", ""],
        reported: [],
      });
    }
  });

  test.each<[ShapeName, string, unknown]>([
    ["openai", "assistant", null],
    ["openai", "function", null],
    ["openai", "tool", ""],
    ["plain", "assistant", ""],
    ["plain", "function", ""],
    ["plain", "tool", ""],
  ])("in the %s shape that is null, of role %s, is %j", (shape, role, expected) => {
    expect(conform(shapes[shape], { role, content: null })).toEqual({ contents: [expected], reported: [] });
  });

  test.each<[string, object]>([
    ["that is missing", { role: "user" }],
    ["that is null", { role: "system", content: null }],
    ["that is a number", { role: "assistant", content: 5 }],
    ["that is an object", { role: "tool", content: {} }],
  ])("%s is refused", (_, message) => {
    for (const shape of Object.values(shapes)) {
      expect(() => conform(shape, { role: "user", content: "Hi" }, message)).toThrow(refusal("messages[1].content"));
    }
  });

  it("that is an empty list is the empty text", () => {
    for (const shape of Object.values(shapes)) {
      expect(conform(shape, { role: "user", content: [] }, { role: "tool", content: [] })).toEqual({
        contents: ["", ""],
        reported: [],
      });
    }
  });
});

describe("parts", () => {
  test.each<[ShapeName, string, string[]]>([
    ["openai", "system", ["text"]],
    ["openai", "developer", ["text"]],
    ["openai", "user", ["text", "image_url", "input_audio", "file"]],
    ["openai", "assistant", ["text", "refusal"]],
    ["openai", "tool", ["text"]],
    ["openai", "function", ["text"]],
    ["plain", "system", ["text"]],
    ["plain", "user", ["text", "image_url"]],
  ])("in the %s shape of role %s may be %j, and no others", (shape, role, types) => {
    for (const type of ["text", "image_url", "input_audio", "file", "refusal", "thinking"]) {
      const message = { role, content: [text("a"), { type }] };
      const run = () => conform(shapes[shape], message);
      if (types.includes(type))
        expect(run().contents).toEqual([
          [text("a"), type === "text" && shape === "openai" ? expect.anything() : { type }],
        ]);
      else expect(run).toThrow(refusal("messages[0].content"));
    }
  });

  it.each(["assistant", "tool", "function", "critic", "constructor"])(
    "become one text for role %s where it takes no parts, and this is reported",
    (role) => {
      const content = [text("a"), { type: "refusal", refusal: "b" }];
      expect(conform(PLAIN_CONTENT, { role, content })).toEqual({
        contents: ["a\nb"],
        reported: ["messages=parts_as_text"],
      });
    },
  );

  test.each([
    [{ type: "image_url" }, '"image_url"'],
    [{ type: "text", text: 5 }, '"text"'],
    [{ type: "refusal" }, '"refusal"'],
    [{ type: 5 }, '"number"'],
    [null, '"undefined"'],
  ])("that say nothing in words are refused there: %j", (part, type) => {
    const run = () => conform(PLAIN_CONTENT, { role: "tool", content: [text("a"), part] });
    expect(run).toThrow(refusal("messages[0].content"));
    expect(run).toThrow(`messages[0].content[1] is a part of type ${type}, which "m" does not take from role "tool".`);
  });

  it("that are null are refused", () => {
    for (const shape of Object.values(shapes)) {
      expect(() => conform(shape, { role: "user", content: [null] })).toThrow(refusal("messages[0].content"));
    }
  });
});

describe("a part of text", () => {
  it("loses keys that say nothing where it is closed", () => {
    const parts = [text("a"), text("b", { annotations: [{}], id: null }), { type: "text", id: undefined }];
    expect(conform(OPENAI_CONTENT, { role: "user", content: parts })).toEqual({
      contents: [[text("a"), text("b"), text("")]],
      reported: [],
    });
  });

  it("has no place there for others", () => {
    const parts = [text("a"), text("b", { mood: "x" })];
    expect(() => conform(OPENAI_CONTENT, { role: "user", content: parts })).toThrow(
      refusal("messages[0].content[1].mood"),
    );
    expect(conform(PLAIN_CONTENT, { role: "user", content: parts }).contents).toEqual([parts]);
  });
});
