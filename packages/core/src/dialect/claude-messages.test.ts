import { describe, expect, it, test } from "vitest";
import { draftOf, reportedIn } from "../testing/draft.js";
import { toClaudeMessages } from "./claude-messages.js";

const model = "claude-3-5-sonnet-latest";
function convert(messages: readonly object[]) {
  const draft = draftOf("claude", messages);
  return { ...toClaudeMessages(draft), reported: reportedIn(draft) };
}
const refusal = (param: string) => expect.objectContaining({ code: "invalid_request", param });
const call = (id: string, text = "{}") => ({ id, type: "function", function: { name: "f", arguments: text } });
const user = { role: "user", content: "Hi" };

describe("a conversation in Claude's shape", () => {
  it("has the instructions before it apart, in one text", () => {
    const messages = [
      { role: "system", content: "One." },
      {
        role: "developer",
        content: [
          { type: "text", text: "Two." },
          { type: "text", text: "Three." },
        ],
      },
      { role: "system", content: "" },
      user,
    ];
    expect(convert(messages)).toEqual({ system: "One.\n\nTwo.\n\nThree.", messages: [user], reported: [] });
  });

  it("has later instructions in their place, behind the results of calls, as marked words of the user", () => {
    const messages = [
      { role: "system", content: "One." },
      user,
      { role: "assistant", content: null, tool_calls: [call("1")] },
      { role: "tool", tool_call_id: "1", content: "one" },
      { role: "developer", content: [{ type: "text", text: "Two." }] },
      user,
      { role: "assistant", content: "So?" },
      { role: "system", content: "Three." },
    ];
    const { messages: converted, ...rest } = convert(messages);
    expect(converted.slice(2)).toEqual([
      {
        role: "user",
        content: [
          { type: "tool_result", tool_use_id: "1", content: "one" },
          { type: "text", text: "<system>\nTwo.\n</system>" },
          { type: "text", text: "Hi" },
        ],
      },
      { role: "assistant", content: "So?" },
      { role: "user", content: "<system>\nThree.\n</system>" },
    ]);
    expect(rest).toEqual({ system: "One.", reported: ["messages=later_system_as_user_message"] });
    expect(convert([user, { role: "system", content: " " }])).toEqual({
      system: undefined,
      messages: [user],
      reported: ["messages=without_empty"],
    });
  });

  it("of instructions alone is a question", () => {
    const messages = [{ role: "system", content: "Say hello." }];
    expect(convert(messages)).toEqual({
      system: undefined,
      messages: [{ role: "user", content: "Say hello." }],
      reported: ["messages=system_as_user_message"],
    });
  });

  it("takes turns: neighbours are put together, and results follow their calls", () => {
    const messages = [
      user,
      { role: "user", content: [{ type: "text", text: "there" }] },
      { role: "assistant", content: null, tool_calls: [call("1", '{"a":1}'), call("2", "")] },
      { role: "tool", tool_call_id: "1", content: "one" },
      { role: "tool", tool_call_id: "2", content: [{ type: "text", text: "two" }] },
      user,
    ];
    const text = (words: string) => ({ type: "text", text: words });
    expect(convert(messages).messages).toEqual([
      { role: "user", content: [text("Hi"), text("there")] },
      {
        role: "assistant",
        content: [
          { type: "tool_use", id: "1", name: "f", input: { a: 1 } },
          { type: "tool_use", id: "2", name: "f", input: {} },
        ],
      },
      {
        role: "user",
        content: [
          { type: "tool_result", tool_use_id: "1", content: "one" },
          { type: "tool_result", tool_use_id: "2", content: [text("two")] },
          text("Hi"),
        ],
      },
    ]);
    expect(convert(messages).reported).toEqual([]);
  });

  it("leaves out what says nothing, which the server refuses", () => {
    const messages = [
      user,
      { role: "assistant", content: "" },
      {
        role: "assistant",
        content: [
          { type: "text", text: "" },
          { type: "text", text: "So?" },
        ],
      },
      { role: "user", content: [] },
      { role: "user", content: " \n" },
      user,
    ];
    expect(convert(messages).messages).toEqual([
      user,
      { role: "assistant", content: [{ type: "text", text: "So?" }] },
      user,
    ]);
    expect(convert(messages).reported).toEqual(["messages=without_empty"]);
    expect(() => convert([{ role: "user", content: "" }])).toThrow(refusal("messages"));
  });

  it("keeps what was declined as what was said", () => {
    const messages = [user, { role: "assistant", content: null, refusal: "No." }, user];
    expect(convert(messages).messages).toMatchObject([user, { role: "assistant", content: "No." }, user]);
    const both = { role: "assistant", content: "Well.", refusal: "No." };
    expect(convert([user, both]).messages[1]).toEqual({ role: "assistant", content: "Well." });
  });

  it("keeps a refusal among parts, and a text without words for none", () => {
    const content = [
      { type: "refusal", refusal: "No." },
      { type: "text" },
      { type: "text", text: "b", annotations: [{}], id: null },
    ];
    expect(convert([user, { role: "assistant", content }]).messages).toEqual([
      user,
      {
        role: "assistant",
        content: [
          { type: "text", text: "No." },
          { type: "text", text: "b" },
        ],
      },
    ]);
  });

  it("has words before calls, where there are both", () => {
    const said = { role: "assistant", content: "Hm.", tool_calls: [call("1")] };
    expect(convert([user, said]).messages[1]).toMatchObject({
      content: [
        { type: "text", text: "Hm." },
        { type: "tool_use", id: "1" },
      ],
    });
  });

  it("takes Anthropic's own blocks as they are, and pictures as data", () => {
    const blocks = [
      { type: "text", text: "Hm." },
      { type: "tool_use", id: "1", name: "f", input: {} },
    ];
    const picture = { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } };
    const result = { type: "tool_result", tool_use_id: "1", content: "a" };
    const messages = [
      { role: "user", content: [picture] },
      { role: "assistant", content: blocks },
      { role: "user", content: [result] },
    ];
    expect(convert(messages).messages).toEqual([
      { role: "user", content: [{ type: "image", source: { type: "base64", media_type: "image/png", data: "AAAA" } }] },
      { role: "assistant", content: blocks },
      { role: "user", content: [result] },
    ]);
  });

  test.each<[string, object, string]>([
    ["a function's result", { role: "function", name: "f", content: "1" }, "messages[0].role"],
    ["a call that was cut", { role: "assistant", tool_calls: [call("1", '{"a"')] }, "messages[0].tool_calls"],
    ["a call with a list", { role: "assistant", tool_calls: [call("1", "[1]")] }, "messages[0].tool_calls"],
    ["a call with a text", { role: "assistant", tool_calls: [call("1", '"a"')] }, "messages[0].tool_calls"],
    ["a call with null", { role: "assistant", tool_calls: [call("1", "null")] }, "messages[0].tool_calls"],
    ["calls that are no list", { role: "assistant", content: "a", tool_calls: "f" }, "messages[0].tool_calls"],
    ["content that is no text", { role: "user", content: 5 }, "messages[0].content"],
    ["a part that is no object", { role: "user", content: [null] }, "messages[0].content[0]"],
    ["a refusal without words", { role: "assistant", content: [{ type: "refusal" }] }, "messages[0].content"],
    ["a call with no arguments at all", { role: "assistant", tool_calls: [{ id: "1" }] }, "messages[0].tool_calls"],
    [
      "a picture's address",
      { role: "user", content: [{ type: "image_url", image_url: { url: "http://a" } }] },
      "messages[0].content",
    ],
    [
      "a picture as TIFF",
      { role: "user", content: [{ type: "image_url", image_url: { url: "data:image/tiff;base64,A" } }] },
      "messages[0].content",
    ],
    ["sound", { role: "user", content: [{ type: "input_audio" }] }, "messages[0].content"],
    ["instructions as a picture", { role: "system", content: [{ type: "image", source: {} }] }, "messages[0].content"],
  ])("has no place for %s", (_, message, param) => {
    expect(() => convert([message])).toThrow(refusal(param));
    expect(() => convert([message])).toThrow(new RegExp(model));
  });

  it("names the place that the caller knows", () => {
    const odd = { role: "user", content: [{ type: "input_audio" }] };
    expect(() => toClaudeMessages({ ...draftOf("claude", [user, odd]), places: [0, 7] })).toThrow(
      refusal("messages[7].content"),
    );
  });
});
