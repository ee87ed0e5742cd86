import {
  AIMessage,
  type BaseMessage,
  ChatMessage,
  coerceMessageLikeToMessage,
  HumanMessage,
  SystemMessage,
  ToolMessage,
} from "@langchain/core/messages";
import { describe, expect, it } from "vitest";
import { toChatMessages } from "./to-chat-messages.js";

const one = (message: BaseMessage) => toChatMessages([message])[0];
const image = (block: object) => {
  const content = one(new HumanMessage({ content: [{ type: "text", text: "See" }, block as never] }))?.content;
  return Array.isArray(content) ? content[1] : content;
};

describe("roles", () => {
  it.each<[string, BaseMessage, object]>([
    ["a person", new HumanMessage("Hi"), { role: "user", content: "Hi" }],
    [
      "a person with a name",
      new HumanMessage({ content: "Hi", name: "ada" }),
      { role: "user", content: "Hi", name: "ada" },
    ],
    ["a system message", new SystemMessage("Be brief."), { role: "system", content: "Be brief." }],
    [
      "a developer message",
      coerceMessageLikeToMessage({ role: "developer", content: "Be brief." }),
      { role: "developer", content: "Be brief." },
    ],
    ["an answer", new AIMessage("Hello"), { role: "assistant", content: "Hello" }],
    [
      "an agent's answer, without the agent's name",
      new AIMessage({ content: "Hello", name: "agent" }),
      { role: "assistant", content: "Hello" },
    ],
    [
      "a result",
      new ToolMessage({ content: "22", tool_call_id: "1", name: "sum" }),
      { role: "tool", tool_call_id: "1", content: "22" },
    ],
    ["any other role", new ChatMessage({ role: "critic", content: "No." }), { role: "critic", content: "No." }],
  ])("%s", (_, message, expected) => {
    expect(one(message)).toEqual(expected);
  });
});

describe("an answer", () => {
  it("carries its tool calls, and of its content only the text", () => {
    const message = new AIMessage({
      content: [
        { type: "reasoning", reasoning: "Hm." },
        { type: "text", text: "I will " },
        { type: "text", text: "add.", annotations: [] },
        { type: "tool_call", id: "1", name: "add", args: { a: 1 } },
      ],
      tool_calls: [{ id: "1", name: "add", args: { a: 1 } }],
    });
    expect(one(message)).toEqual({
      role: "assistant",
      content: "I will add.",
      tool_calls: [{ id: "1", type: "function", function: { name: "add", arguments: '{"a":1}' } }],
    });
  });

  it("without words is an empty text: not every family takes null", () => {
    const message = new AIMessage({ content: [], tool_calls: [{ id: "1", name: "add", args: {} }] });
    expect(one(message)?.content).toBe("");
  });
});

describe("content", () => {
  it("of one text is that text, of several keeps its parts without their extras", () => {
    expect(one(new HumanMessage({ content: [{ type: "text", text: "a" }] }))?.content).toBe("a");
    const content = [
      { type: "text" as const, text: "a", cache_control: { type: "ephemeral" } },
      { type: "text" as const, text: "b" },
    ];
    expect(one(new HumanMessage({ content }))?.content).toEqual([
      { type: "text", text: "a" },
      { type: "text", text: "b" },
    ]);
  });

  const url = "https://example.com/cat.png";
  it.each([
    ["a standard block with an address", { type: "image", url }, url],
    [
      "a standard block with base64",
      { type: "image", data: "AAAA", mimeType: "image/jpeg" },
      "data:image/jpeg;base64,AAAA",
    ],
    [
      "a standard block with bytes",
      { type: "image", data: new Uint8Array([0, 0, 0]), mimeType: "image/png" },
      "data:image/png;base64,AAAA",
    ],
    ["the older block with an address", { type: "image", source_type: "url", url }, url],
    [
      "the older block with base64",
      { type: "image", source_type: "base64", data: "AAAA", mime_type: "image/gif" },
      "data:image/gif;base64,AAAA",
    ],
    [
      "Anthropic's",
      { type: "image", source: { type: "base64", media_type: "image/webp", data: "AAAA" } },
      "data:image/webp;base64,AAAA",
    ],
    ["OpenAI's short form", { type: "image_url", image_url: url }, url],
  ])("makes image_url of %s", (_, block, expected) => {
    expect(image(block)).toEqual({ type: "image_url", image_url: { url: expected } });
  });

  it("keeps the detail of an image, and pictures in results, for the tier to judge", () => {
    expect(image({ type: "image_url", image_url: { url, detail: "low" } })).toEqual({
      type: "image_url",
      image_url: { url, detail: "low" },
    });
    const result = new ToolMessage({ tool_call_id: "1", content: [{ type: "image", url }] });
    expect(one(result)?.content).toEqual([{ type: "image_url", image_url: { url } }]);
  });

  it("makes audio and files of OpenAI's shape", () => {
    expect(image({ type: "audio", data: "AAAA", mimeType: "audio/mpeg" })).toEqual({
      type: "input_audio",
      input_audio: { data: "AAAA", format: "mp3" },
    });
    expect(image({ type: "file", data: "AAAA", mimeType: "application/pdf", metadata: { filename: "a.pdf" } })).toEqual(
      {
        type: "file",
        file: { file_data: "data:application/pdf;base64,AAAA", filename: "a.pdf" },
      },
    );
  });

  it("passes on what it does not know, for the engine to refuse by name", () => {
    expect(image({ type: "hologram", data: 1 })).toEqual({ type: "hologram", data: 1 });
  });
});
