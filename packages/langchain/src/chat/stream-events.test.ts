import type { ChatModelStreamEvent } from "@langchain/core/language_models/event";
import { ChatModelStream } from "@langchain/core/language_models/stream";
import { describe, expect, it } from "vitest";
import { chatStreamOf, choiceOf } from "../testing/chat-stream-of.js";
import { toStreamEvents } from "./stream-events.js";

async function read(choices: readonly object[][], more: object = {}): Promise<ChatModelStreamEvent[]> {
  const events: ChatModelStreamEvent[] = [];
  for await (const event of toStreamEvents(chatStreamOf(choices, more), true)) events.push(event);
  return events;
}
const finished = (events: readonly ChatModelStreamEvent[]) =>
  events.flatMap((event) => (event.event === "content-block-finish" ? { ...event.content } : []));

const call = (index: number, name: string, args?: string | null) => ({
  index,
  id: `call_${index}`,
  function: { name, ...(args === undefined ? {} : { arguments: args }) },
});

describe("events of tool calls", () => {
  it.each([undefined, null, ""])(
    "are those of a whole call where its arguments are %j and never come",
    async (args) => {
      const events = await read([[choiceOf({ tool_calls: [call(0, "now", args)] })], [choiceOf({}, "tool_calls")]]);
      expect(finished(events)).toEqual([{ type: "tool_call", id: "call_0", name: "now", args: {} }]);
      expect(events.some(({ event }) => event === "content-block-start")).toBe(true);
    },
  );

  it("end each in its own block, beside text", async () => {
    const events = await read([
      [choiceOf({ content: "I pay." })],
      [choiceOf({ tool_calls: [call(0, "now", "null"), call(1, "pay", '{"a"')] })],
      [choiceOf({ tool_calls: [{ index: 1, function: { arguments: ": 1}" } }, call(2, "add", "[1]")] })],
      [choiceOf({ tool_calls: [call(3, "pay", '{"a')] }, "length")],
    ]);
    expect(finished(events)).toMatchObject([
      { type: "text", text: "I pay." },
      { type: "tool_call", id: "call_0", name: "now" },
      { type: "tool_call", id: "call_1", name: "pay", args: { a: 1 } },
      { type: "invalid_tool_call", id: "call_2", name: "add", args: "[1]" },
      { type: "invalid_tool_call", id: "call_3", name: "pay", error: expect.stringContaining("512 tokens") },
    ]);
  });

  it("begin with an id, also where the server gives none", async () => {
    const begun = { index: 0, function: { name: "now", arguments: "{}" } };
    const events = await read([[choiceOf({ tool_calls: [begun] })], [choiceOf({}, "tool_calls")]]);
    const start = events.find(({ event }) => event === "content-block-start");
    expect(start).toMatchObject({ content: { type: "tool_call_chunk", id: expect.stringMatching(/^call_/) } });
    expect(finished(events)[0]?.id).toBe((start as { content: { id?: string } }).content.id);
  });

  it("are followed by a text that says why none was run, if nothing else was said", async () => {
    const events = await read([
      [choiceOf({ reasoning_content: "Hm." })],
      [choiceOf({ tool_calls: [call(0, "pay", "{")] }, "length")],
    ]);
    const [, , notice] = finished(events);
    expect(notice).toMatchObject({ type: "text", text: expect.stringContaining("The call of pay was cut") });
    expect(events.at(-1)?.event).toBe("message-finish");
    const message = await new ChatModelStream(
      (async function* () {
        yield* events;
      })(),
    );
    expect(message.text).toBe(notice?.text);
    expect(message.tool_calls).toEqual([]);
  });
});

it("events are of the first choice, wherever it stands", async () => {
  const events = await read([
    [choiceOf({ content: "other" }, null, 1), choiceOf({ content: "Hel" })],
    [choiceOf({ content: "other" }, "stop", 1)],
    [choiceOf({ content: "lo" }, "stop")],
  ]);
  expect(finished(events)).toEqual([{ type: "text", text: "Hello" }]);
});

it("a message without an id is named after its run, not after an empty text", async () => {
  const [start] = await read([[choiceOf({ content: "Hello" }, "stop")]], { id: "" });
  expect(start).toEqual({ event: "message-start" });
});
