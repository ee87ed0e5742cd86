import { load } from "@langchain/core/load";
import { AIMessage, AIMessageChunk, type BaseMessage, HumanMessage } from "@langchain/core/messages";
import { describe, expect, it } from "vitest";
import { invalidCallsOf, noticeOf } from "./invalid-calls.js";
import { UNREADABLE } from "./streamed-calls.js";

const broken = { id: "1", name: "pay", args: "{", error: "It was cut.", type: "invalid_tool_call" as const };

describe("calls of a message that can't be run", () => {
  it("are found in its field and among its blocks, once each", () => {
    const other = { ...broken, id: "2" };
    const message = new AIMessage({ content: [broken, other] as never, invalid_tool_calls: [broken] });
    expect(invalidCallsOf(message)).toEqual([broken, other]);
    const { id: _, ...nameless } = broken;
    expect(
      invalidCallsOf(new AIMessage({ content: [nameless] as never, invalid_tool_calls: [nameless] })),
    ).toHaveLength(1);
  });

  it("are none of a message that is no answer, or says something", () => {
    expect(invalidCallsOf(new HumanMessage({ content: [broken] as never }))).toEqual([]);
    expect(invalidCallsOf(new AIMessage("Hello"))).toEqual([]);
    expect(invalidCallsOf(new AIMessage({ content: [{ type: "text", text: "Hello" }] }))).toEqual([]);
  });

  it("get their reason back that a checkpoint has lost, without the seal", async () => {
    const report = { truncatedByTier: true, adjusted: [{ field: "max_tokens", to: "max_tokens=512", rule: "r" }] };
    const chunk = new AIMessageChunk({
      content: "",
      tool_call_chunks: [{ id: "1", name: "pay", args: `{${UNREADABLE}`, index: 0, type: "tool_call_chunk" }],
      response_metadata: { finish_reason: "length", laplas: report },
    });
    for (const message of [chunk, (await load(JSON.stringify(chunk))) as BaseMessage]) {
      expect(invalidCallsOf(message)).toMatchObject([
        { id: "1", args: "{", error: expect.stringContaining("512 tokens") },
      ]);
    }
  });
});

it("an answer that says nothing and can do nothing says why", () => {
  expect(noticeOf("", [], [broken, { ...broken, error: "No." }])).toBe("It was cut.\nNo.");
  expect(noticeOf(" \n", [], [broken])).toBe("It was cut.");
  expect(noticeOf("I pay.", [], [broken])).toBe("");
  expect(noticeOf("", [{}], [broken])).toBe("");
  expect(noticeOf("", [], [])).toBe("");
});
