import { describe, expect, it, test } from "vitest";
import type { ChatMessage } from "../request/wire-types.js";
import { draftOf, reportedIn } from "../testing/draft.js";
import {
  type ContentShape,
  conformContent,
  GEMINI_CONTENT,
  MINIMAX_CONTENT,
  OPENAI_CONTENT,
  PLAIN_CONTENT,
} from "./message-content.js";

const shapes = { openai: OPENAI_CONTENT, plain: PLAIN_CONTENT };
type ShapeName = keyof typeof shapes;
const text = (words: string, more: object = {}) => ({ type: "text", text: words, ...more });

function conform(shape: ContentShape, ...messages: object[]) {
  const draft = { ...draftOf("openai", messages), model: "m" };
  const contents = conformContent(messages as ChatMessage[], shape, draft).map(({ content }) => content);
  return { contents, reported: reportedIn(draft) };
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
    ["openai", "assistant", ""],
    ["openai", "tool", ""],
    ["plain", "assistant", ""],
    ["plain", "tool", ""],
  ])("in the %s shape that is null, of role %s, is %j", (shape, role, expected) => {
    expect(conform(shapes[shape], { role, content: null })).toEqual({ contents: [expected], reported: [] });
  });

  it.each([null, undefined, "", [], [text("")]])("that is %j beside a call is left out", (content) => {
    const calling = { role: "assistant", content, tool_calls: [{}] } as unknown as ChatMessage;
    for (const shape of [OPENAI_CONTENT, PLAIN_CONTENT, GEMINI_CONTENT, MINIMAX_CONTENT]) {
      const messages = [{ role: "user", content: "Hi" }, calling];
      const [, conformed] = conformContent(messages, shape, draftOf("openai", messages));
      expect(conformed).toStrictEqual({ role: "assistant", tool_calls: [{}] });
    }
    expect(conform(OPENAI_CONTENT, { ...calling, tool_calls: [] }).contents).toEqual([""]);
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

describe("a message that says nothing", () => {
  const nothing = [
    { role: "system", content: "" },
    { role: "user", content: "Hi" },
    { role: "assistant", content: null },
    { role: "tool", tool_call_id: "1", content: "" },
  ];

  it("is left out for Google and MiniMax, which is reported, but for a result", () => {
    expect(conform(PLAIN_CONTENT, ...nothing)).toEqual({ contents: ["", "Hi", "", ""], reported: [] });
    expect(conform(GEMINI_CONTENT, ...nothing)).toEqual({ contents: ["Hi", ""], reported: ["messages=without_empty"] });
    expect(conform(MINIMAX_CONTENT, ...nothing)).toEqual({
      contents: ["Hi", "(empty)"],
      reported: ["messages=without_empty"],
    });
  });

  it("leaves instructions alone, which are the user's message there", () => {
    const messages = [
      { role: "system", content: "Be brief." },
      { role: "user", content: "" },
    ];
    for (const shape of [GEMINI_CONTENT, MINIMAX_CONTENT]) {
      const draft = draftOf("gemini", messages);
      expect(conformContent(draft.messages, shape, draft)).toEqual([{ role: "user", content: "Be brief." }]);
      expect(reportedIn(draft)).toEqual(["messages=without_empty", "messages=system_as_user_message"]);
      expect(() => conform(shape, { role: "user", content: "" })).toThrow(refusal("messages"));
    }
  });
});

describe("parts", () => {
  test.each<[ShapeName, string, string[]]>([
    ["openai", "system", ["text"]],
    ["openai", "developer", ["text"]],
    ["openai", "user", ["text", "image_url", "input_audio", "file"]],
    ["openai", "assistant", ["text", "refusal"]],
    ["plain", "system", ["text"]],
    ["plain", "user", ["text", "image_url"]],
  ])("in the %s shape of role %s may be %j, and no others", (shape, role, types) => {
    for (const type of ["text", "image_url", "input_audio", "file", "refusal", "thinking"]) {
      const part = type === "text" ? text("b") : { type };
      const message = { role, content: [text("a"), part] };
      const run = () => conform(shapes[shape], message);
      if (types.includes(type)) expect(run().contents).toEqual([[text("a"), part]]);
      else expect(run).toThrow(refusal("messages[0].content"));
    }
  });

  it.each(["assistant", "tool", "critic", "constructor"])(
    "become one text for role %s where it takes no parts, and this is reported",
    (role) => {
      const content = [text("a"), { type: "refusal", refusal: "b" }];
      expect(conform(PLAIN_CONTENT, { role, content })).toEqual({
        contents: ["a\nb"],
        reported: ["messages=parts_as_text"],
      });
    },
  );

  it("become one text for a tool's result at OpenAI too", () => {
    const content = [text("a"), text("b")];
    expect(conform(OPENAI_CONTENT, { role: "tool", content })).toEqual({
      contents: ["a\nb"],
      reported: ["messages=parts_as_text"],
    });
    expect(() => conform(OPENAI_CONTENT, { role: "tool", content: [text("a"), { type: "file" }] })).toThrow(
      refusal("messages[0].content"),
    );
  });

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

test("an error names the place that the caller knows", () => {
  const messages = [{ role: "user" }] as ChatMessage[];
  expect(() => conformContent(messages, PLAIN_CONTENT, { model: "m", places: [4], adjustments: [] })).toThrow(
    refusal("messages[4].content"),
  );
});
