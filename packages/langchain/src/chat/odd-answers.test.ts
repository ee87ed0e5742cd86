import type { BaseMessage } from "@langchain/core/messages";
import { describe, expect, it } from "vitest";
import { openWorld, rejection } from "../testing/open-world.js";
import type { ChatLaplas } from "./chat-laplas.js";

const PATHS: Record<string, (model: ChatLaplas) => Promise<unknown>> = {
  invoke: (model) => model.invoke("Hello"),
  stream: async (model) => {
    const chunks: BaseMessage[] = [];
    for await (const chunk of await model.stream("Hello")) chunks.push(chunk);
    return chunks;
  },
  streamEvents: async (model) => model.streamEvents("Hello").output,
};

const called = (call: unknown) => ({ content: null, tool_calls: [call] });
const ODD: readonly (readonly [kind: string, choices: unknown])[] = [
  ["no choices", undefined],
  ["choices that are null", null],
  ["an empty list of choices", []],
  ["a choice that is null", [null]],
  ["a message that is a text", [said("Hello")]],
  ["content that is a list", [said({ content: [{ type: "text", text: "Hello" }] })]],
  ["calls that are no list", [said({ content: null, tool_calls: {} })]],
  ["a call that is null", [said(called(null))]],
  ["a name that is a number", [said(called({ id: "1", function: { name: 5, arguments: "{}" } }))]],
  ["arguments that are a number", [said(called({ id: "1", function: { name: "pay", arguments: 10 } }))]],
];

/** The same, whole and as the piece of a stream. */
function said(what: unknown): object {
  return { index: 0, message: what, delta: what, finish_reason: "stop" };
}

/** Models that think in their text pass through one step more. */
describe.each(["gpt-4o-mini", "Qwen/QwQ-32B", "claude-3-5-haiku-latest"])("odd answers of %s", (model) => {
  it.each(Object.entries(PATHS))("are unexpected_response by %s, not a TypeError of ours", async (_, run) => {
    // Paid: on the free tier the next call waits while what made no sense may run on.
    const { chat, sandbox } = await openWorld({}, { tier: "paid" });
    for (const [kind, choices] of ODD) {
      sandbox.reset();
      const body = { id: "c", model: "m", choices };
      sandbox.fault({ kind: "respond", status: 200, body }, { when: ({ streamed }) => !streamed });
      const events = `data: ${JSON.stringify(body)}\n\ndata: [DONE]\n\n`;
      sandbox.fault({ kind: "respond", status: 200, body: events }, { when: ({ streamed }) => streamed });
      const error = await rejection(run(chat({ model, maxRetries: 0 })));
      expect(error, kind).toMatchObject({ name: "FatalUpstreamError", code: "unexpected_response", retryable: false });
    }
  });
});

it("arguments that are an object, as some servers write them, are read", async () => {
  const { chat, sandbox } = await openWorld({}, { tier: "paid" });
  const choices = [said(called({ id: "1", function: { name: "pay", arguments: { amount: 10 } } }))];
  sandbox.fault({ kind: "respond", status: 200, body: { id: "c", model: "m", choices } });
  expect(await chat({ maxRetries: 0 }).invoke("Hello")).toMatchObject({
    tool_calls: [{ id: "1", name: "pay", args: { amount: 10 } }],
  });
});
