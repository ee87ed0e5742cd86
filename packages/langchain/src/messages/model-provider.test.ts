import { AIMessage, AIMessageChunk } from "@langchain/core/messages";
import { describe, expect, it } from "vitest";
import { modelProvider, registerTranslator } from "./model-provider.js";

registerTranslator();
const response_metadata = { model_provider: modelProvider(false) };
const call = { type: "tool_call" as const, id: "call_1", name: "add", args: { a: 1 } };
const broken = { id: "2", name: "pay", args: "{", error: "It was cut.", type: "invalid_tool_call" as const };

describe("core, once it has been taught to read this package's messages", () => {
  it("shows thoughts, text and tool calls as blocks, in this order", () => {
    const message = new AIMessage({
      content: "I will add.",
      tool_calls: [call],
      additional_kwargs: { reasoning_content: "Hm." },
      response_metadata,
    });
    expect(message.contentBlocks).toEqual([
      { type: "reasoning", reasoning: "Hm." },
      { type: "text", text: "I will add." },
      call,
    ]);
  });

  it("shows the tool calls of a streamed message, and no empty text", () => {
    const chunk = new AIMessageChunk({
      content: "",
      tool_call_chunks: [{ type: "tool_call_chunk", index: 0, id: "call_1", name: "add", args: '{"a": 1}' }],
      response_metadata,
    });
    expect(chunk.contentBlocks).toEqual([call]);
  });

  it("shows a call once that stands among the blocks already, and one without an id", () => {
    const blocks = [{ type: "text" as const, text: "I will add." }, call];
    const tool_calls = [call, { name: "stop", args: {} }];
    expect(new AIMessage({ content: blocks, tool_calls, response_metadata }).contentBlocks).toEqual([
      ...blocks,
      { type: "tool_call", name: "stop", args: {} },
    ]);
  });

  it("shows calls that can't be run as well, once each", () => {
    const fields = { tool_calls: [call], invalid_tool_calls: [broken], response_metadata };
    expect(new AIMessage({ ...fields, content: "I pay." }).contentBlocks).toEqual([
      { type: "text", text: "I pay." },
      call,
      broken,
    ]);
    expect(new AIMessage({ ...fields, content: [call, broken] as never }).contentBlocks).toEqual([call, broken]);
  });

  it("is not taught twice: what a program has put there stays", () => {
    const registry = (globalThis as { lc_block_translators_registry?: Map<string, unknown> })
      .lc_block_translators_registry;
    const before = registry?.get("laplas");
    registerTranslator();
    expect(before).toBeDefined();
    expect(registry?.get("laplas")).toBe(before);
  });
});

it("an answer with thoughts goes by a name whose reader core has built in", () => {
  const reasoned = { response_metadata: { model_provider: modelProvider(true) }, content: "42" };
  expect(new AIMessage({ ...reasoned, additional_kwargs: { reasoning_content: "Hm." } }).contentBlocks).toEqual([
    { type: "reasoning", reasoning: "Hm." },
    { type: "text", text: "42" },
  ]);
});
