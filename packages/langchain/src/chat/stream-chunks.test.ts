import type { AIMessageChunk } from "@langchain/core/messages";
import { describe, expect, it } from "vitest";
import { UNREADABLE } from "../messages/streamed-calls.js";
import { chatStreamOf, choiceOf } from "../testing/chat-stream-of.js";
import { toGenerationChunks } from "./stream-chunks.js";

async function read(
  choices: readonly object[][],
  asBlocks = false,
): Promise<{ text: string; message: AIMessageChunk }[]> {
  const chunks: { text: string; message: AIMessageChunk }[] = [];
  for await (const { text, message } of toGenerationChunks(chatStreamOf(choices), { asBlocks, withId: true })) {
    chunks.push({ text, message: message as AIMessageChunk });
  }
  return chunks;
}

const pay = (args: string) => ({ tool_calls: [{ index: 0, id: "1", function: { name: "pay", arguments: args } }] });
const cut = [[choiceOf(pay('{"a"'))], [choiceOf({}, "length")]];

describe("the last chunk", () => {
  it("seals a call that can't be read, and says why where nothing else was said", async () => {
    const [, last] = await read(cut);
    expect(last?.message.tool_call_chunks).toEqual([{ type: "tool_call_chunk", index: 0, args: UNREADABLE }]);
    expect(last?.text).toBe(last?.message.content);
    expect(last?.text).toContain("The call of pay was cut at the tier's output limit of 512 tokens");
    expect(last?.message).toMatchObject({
      response_metadata: { finish_reason: "length" },
      usage_metadata: { total_tokens: 9 },
    });
  });

  it("does both as blocks, each in its place", async () => {
    const [first, last] = await read(cut, true);
    expect(first?.message.content).toMatchObject([{ type: "tool_call_chunk", args: '{"a"', index: 0 }]);
    expect(last?.message.content).toMatchObject([
      { type: "text", text: last?.text, index: 1 },
      { type: "tool_call_chunk", args: UNREADABLE, index: 0 },
    ]);
  });

  it("adds nothing to words, or to a call that can be run", async () => {
    const [, , spoken] = await read([[choiceOf({ content: "I pay." })], ...cut]);
    expect(spoken?.text).toBe("");
    const [, whole] = await read([[choiceOf(pay("{}"))], [choiceOf({}, "tool_calls")]]);
    expect(whole?.message.content).toBe("");
    expect(whole?.message.tool_call_chunks).toEqual([]);
  });
});

it("other choices and empty events make no chunk", async () => {
  const chunks = await read([
    [choiceOf({ content: "Hel" })],
    [choiceOf({ content: "other" }, null, 1)],
    [choiceOf(null)],
    [],
    [choiceOf({ content: "other" }, null, 1), choiceOf({ content: "lo" })],
    [choiceOf({}, "stop")],
  ]);
  expect(chunks.map(({ text }) => text)).toEqual(["Hel", "lo", ""]);
});
