import { describe, expect, it, test } from "vitest";
import type { ChatCompletionChunk, ChatDelta, Usage } from "../../request/wire-types.js";
import type { ClientEvent } from "../protocol.js";
import { createMessageWriter, type StreamSettings } from "./message-events.js";
import { createToolNames } from "./tool-names.js";

type Told = { type: string; index?: number; delta?: Record<string, string> } & Record<string, unknown>;

const chunk = (delta: ChatDelta, reason: string | null = null): ChatCompletionChunk => ({
  id: "chatcmpl-1",
  object: "chat.completion.chunk",
  created: 1,
  model: "m",
  choices: [{ index: 0, delta, finish_reason: reason }],
});
const usageChunk = (usage: Usage): ChatCompletionChunk => ({ ...chunk({}), choices: [], usage });
const caller = { type: "direct" };
const USAGE = { prompt_tokens: 9, completion_tokens: 4, total_tokens: 13, prompt_tokens_details: { cached_tokens: 2 } };
const call = (index: number, more: { id?: string; name?: string; text?: string }): ChatDelta => ({
  tool_calls: [
    {
      index,
      ...(more.id === undefined ? {} : { id: more.id, type: "function" }),
      function: { ...(more.name === undefined ? {} : { name: more.name }), arguments: more.text ?? "" },
    },
  ],
});

function eventsOf(items: readonly (ChatCompletionChunk | string)[], settings: Partial<StreamSettings> = {}): Told[] {
  const names = createToolNames([]);
  const writer = createMessageWriter({ names, wantsThoughts: true, inputTokens: () => 7, ...settings });
  const events: ClientEvent[] = items.flatMap((item) => [...writer.read(item)]);
  return [...events, ...writer.end()].map((event) => {
    if (typeof event === "string") throw new Error("an event without a name");
    const data = JSON.parse(event.data) as Told;
    expect(data.type).toBe(event.name);
    return data;
  });
}

/** The blocks of a stream, put together as SDKs do, with their order checked. */
function blocksOf(events: readonly Told[]): Record<string, unknown>[] {
  const blocks: Record<string, unknown>[] = [];
  let isOpen = false;
  for (const { type, index, content_block: block, delta } of events) {
    const last = blocks.at(-1) as Record<string, string> | undefined;
    if (type === "content_block_start") {
      expect([isOpen, index]).toEqual([false, blocks.length]);
      isOpen = true;
      blocks.push({ ...(block as object) });
    } else if (type === "content_block_stop") {
      expect([isOpen, index]).toEqual([true, blocks.length - 1]);
      isOpen = false;
    } else if (type === "content_block_delta" && last !== undefined && delta !== undefined) {
      expect([isOpen, index]).toEqual([true, blocks.length - 1]);
      if (delta.type === "text_delta") last.text = (last.text ?? "") + delta.text;
      if (delta.type === "thinking_delta") last.thinking = (last.thinking ?? "") + delta.thinking;
      if (delta.type === "input_json_delta") last.json = (last.json ?? "") + delta.partial_json;
      if (delta.type === "signature_delta") last.isSigned = "yes";
    }
  }
  expect(isOpen).toBe(false);
  return blocks;
}

const stopOf = (events: readonly Told[]): unknown => events.find(({ type }) => type === "message_delta")?.delta;

describe("the events of an answer", () => {
  it("begin with the message and an estimate of its prompt, and end with the true counts", () => {
    const events = eventsOf([
      chunk({ role: "assistant", content: "" }),
      chunk({ content: "Hel" }),
      JSON.stringify(chunk({ content: "lo" }, "stop")),
      usageChunk(USAGE),
    ]);
    expect(events).toEqual([
      {
        type: "message_start",
        message: {
          id: "msg_1",
          type: "message",
          role: "assistant",
          model: "m",
          content: [],
          stop_reason: null,
          stop_sequence: null,
          usage: {
            input_tokens: 7,
            cache_creation_input_tokens: 0,
            cache_read_input_tokens: 0,
            output_tokens: 1,
          },
        },
      },
      { type: "ping" },
      { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
      { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "Hel" } },
      { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "lo" } },
      { type: "content_block_stop", index: 0 },
      {
        type: "message_delta",
        delta: { stop_reason: "end_turn", stop_sequence: null },
        usage: { input_tokens: 7, cache_creation_input_tokens: 0, cache_read_input_tokens: 2, output_tokens: 4 },
      },
      { type: "message_stop" },
    ]);
  });

  it("estimate a prompt above 0", () => {
    const [start] = eventsOf([chunk({ content: "a" }, "stop")], { inputTokens: () => 0 });
    expect(start).toMatchObject({ message: { usage: { input_tokens: 1 } } });
  });

  it("have thoughts in a block of their own, signed before its end, where they were asked for", () => {
    const items = [
      chunk({ reasoning_content: "Hm" }),
      chunk({ reasoning_content: "." }),
      chunk({ content: "Yes" }, "stop"),
    ];
    const events = eventsOf(items);
    expect(blocksOf(events)).toEqual([
      { type: "thinking", thinking: "Hm.", signature: "", isSigned: "yes" },
      { type: "text", text: "Yes" },
    ]);
    const order = events.slice(2, 7).map(({ type, delta }) => delta?.type ?? type);
    expect(order).toEqual([
      "content_block_start",
      "thinking_delta",
      "thinking_delta",
      "signature_delta",
      "content_block_stop",
    ]);
    expect(blocksOf(eventsOf(items, { wantsThoughts: false }))).toEqual([{ type: "text", text: "Yes" }]);
  });

  it("write a call as it comes, its arguments as text", () => {
    const events = eventsOf([
      chunk({ content: "I look." }),
      chunk(call(0, { id: "call:1", name: "a", text: "" })),
      chunk(call(0, { text: '{"x":' })),
      chunk(call(0, { text: "1}" }), "tool_calls"),
      usageChunk(USAGE),
    ]);
    expect(blocksOf(events)).toEqual([
      { type: "text", text: "I look." },
      { type: "tool_use", id: "call_1", caller, name: "a", input: {}, json: '{"x":1}' },
    ]);
    expect(events.filter(({ delta }) => delta?.type === "input_json_delta")).toHaveLength(2);
    expect(stopOf(events)).toEqual({ stop_reason: "tool_use", stop_sequence: null });
  });

  it("keep pieces of calls apart that come in turns, and words among them", () => {
    const events = eventsOf([
      chunk(call(0, { id: "c0", name: "a", text: "{" })),
      chunk(call(1, { id: "c1", name: "b", text: '{"y"' })),
      chunk(call(0, { text: "}" })),
      chunk({ content: "late" }),
      chunk(call(1, { text: ":2}" })),
      chunk(call(2, { id: "c2", name: "c" })),
      chunk({}, "tool_calls"),
    ]);
    expect(blocksOf(events)).toEqual([
      { type: "tool_use", id: "c0", caller, name: "a", input: {}, json: "{}" },
      { type: "text", text: "late" },
      { type: "tool_use", id: "c1", caller, name: "b", input: {}, json: '{"y":2}' },
      { type: "tool_use", id: "c2", caller, name: "c", input: {} },
    ]);
  });

  it("give each call an id, and the name that the client knows", () => {
    const names = createToolNames([]);
    const plain = names.plain("an.odd.name");
    const events = eventsOf([chunk(call(0, { name: plain })), chunk(call(1, { name: "b" }), "tool_calls")], { names });
    const [first, second] = blocksOf(events);
    expect(first).toMatchObject({ name: "an.odd.name", id: expect.stringMatching(/^toolu_[\w-]+$/) });
    expect(second).toMatchObject({ name: "b", id: expect.stringMatching(/^toolu_[\w-]+$/) });
    expect(first?.id).not.toBe(second?.id);
  });

  test.each([
    ["stop", "end_turn"],
    ["length", "max_tokens"],
    ["content_filter", "refusal"],
    ["tool_calls", "tool_use"],
    ["eos", "end_turn"],
  ])("end for %s by %s", (reason, expected) => {
    expect(stopOf(eventsOf([chunk({ content: "a" }, reason)]))).toEqual({ stop_reason: expected, stop_sequence: null });
  });

  it("leave a cut call as broken as it is, by max_tokens", () => {
    const events = eventsOf([chunk(call(0, { id: "c0", name: "a", text: '{"x":"ab' }), "length")]);
    expect(blocksOf(events)).toMatchObject([{ type: "tool_use", json: '{"x":"ab' }]);
    expect(stopOf(events)).toMatchObject({ stop_reason: "max_tokens" });
  });

  it("say a refusal as text, by refusal", () => {
    const events = eventsOf([chunk({ refusal: "No." }, "stop")]);
    expect(blocksOf(events)).toEqual([{ type: "text", text: "No." }]);
    expect(stopOf(events)).toMatchObject({ stop_reason: "refusal" });
  });

  it("have a block of text where there is nothing, and are whole without any chunk", () => {
    for (const items of [[], [chunk({}, "stop")]]) {
      const events = eventsOf(items);
      expect(blocksOf(events)).toEqual([{ type: "text", text: "" }]);
      expect(events.map(({ type }) => type)).toEqual([
        "message_start",
        "ping",
        "content_block_start",
        "content_block_stop",
        "message_delta",
        "message_stop",
      ]);
    }
  });

  it("are of the first choice alone", () => {
    const second = {
      ...chunk({ content: "other" }),
      choices: [{ index: 1, delta: { content: "b" }, finish_reason: "length" }],
    };
    const events = eventsOf([chunk({ content: "a" }), second, chunk({}, "stop")]);
    expect(blocksOf(events)).toEqual([{ type: "text", text: "a" }]);
    expect(stopOf(events)).toMatchObject({ stop_reason: "end_turn" });
  });
});
