import type { AIMessageChunk } from "@langchain/core/messages";
import { describe, expect, it } from "vitest";
import { reportOf } from "../messages/report-of.js";
import { openWorld, rejection } from "../testing/open-world.js";
import { answerOf } from "../testing/scripted-answers.js";

const call = { id: "call_1", type: "function", function: { name: "pay", arguments: '{"to": "Ada", "amount": 10}' } };

describe("a model that is not to stream", () => {
  it("asks for whole answers, however it is called", async () => {
    const { chat, sandbox } = await openWorld();
    const model = chat({ disableStreaming: true, streaming: true });
    const { text } = await model.invoke("Repeat the word: sea");
    const pieces: AIMessageChunk[] = [];
    for await (const piece of await model.stream("Repeat the word: sea")) pieces.push(piece);
    expect(pieces.map((piece) => piece.text)).toEqual([text]);
    const message = await model.streamEvents("Repeat the word: sea");
    expect(message.text).toBe(text);
    expect(message.response_metadata).toMatchObject({ model_provider: "laplas", finish_reason: "stop" });
    expect(message.usage_metadata?.total_tokens).toBeGreaterThan(0);
    expect(reportOf(message)).toMatchObject({ attempts: 1 });
    // As LangGraph's `messages` mode listens.
    const listener = { lc_prefer_streaming: true, handleLLMNewToken() {}, name: "listener" };
    await model.invoke("Repeat the word: sea", { callbacks: [listener] });
    expect(sandbox.requests.map(({ streamed }) => streamed)).toEqual([false, false, false, false]);
  });

  it("shows thoughts and tool calls as events all the same", async () => {
    const { chat, sandbox } = await openWorld();
    const answer = { content: "I pay.", reasoning_content: "Hm.", tool_calls: [call, { ...call, id: "call_2" }] };
    sandbox.fault(answerOf(answer, "tool_calls"));
    const message = await chat({ disableStreaming: true }).streamEvents("Pay Ada 10");
    expect(message.contentBlocks).toMatchObject([
      { type: "reasoning", reasoning: "Hm." },
      { type: "text", text: "I pay." },
      { type: "tool_call", id: "call_1", args: { to: "Ada", amount: 10 } },
      { type: "tool_call", id: "call_2" },
    ]);
  });

  it("throws as a stream does", async () => {
    const { chat, sandbox } = await openWorld();
    sandbox.fault({ kind: "serverError" });
    const stream = chat({ disableStreaming: true, maxRetries: 0 }).streamEvents("Hello");
    expect(await rejection(stream.output)).toMatchObject({ code: "unavailable" });
  });
});
