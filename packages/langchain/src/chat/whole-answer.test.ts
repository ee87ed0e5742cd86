import { AIMessage, AIMessageChunk, type BaseMessage } from "@langchain/core/messages";
import { describe, expect, it } from "vitest";
import { rejection } from "../testing/open-world.js";
import { WholeAnswer } from "./whole-answer.js";

const report = (truncatedByTier: boolean) => ({
  truncatedByTier,
  adjusted: [{ field: "max_tokens", to: "max_tokens=512", rule: "output_tokens" }],
});
const ended = (finish_reason: string, truncatedByTier = finish_reason === "length") => ({
  response_metadata: { finish_reason, laplas: report(truncatedByTier) },
});
const broken = { id: "1", name: "extract", args: '{"a"', error: "No.", type: "invalid_tool_call" as const };

async function read(step: WholeAnswer, ...chunks: BaseMessage[]): Promise<BaseMessage[]> {
  const passed: BaseMessage[] = [];
  async function* source() {
    yield* chunks;
  }
  for await (const chunk of step.transform(source())) passed.push(chunk);
  return passed;
}

describe.each([
  ["a tool call", false],
  ["text", true],
])("before the parser of %s", (_, isText) => {
  const step = new WholeAnswer(isText);

  it("a whole answer passes, and whatever is no answer", async () => {
    const whole = new AIMessage({ content: '{"a": 1}', ...ended("stop") });
    expect(await step.invoke(whole)).toBe(whole);
    const atTheLimit = new AIMessage({ content: '{"a": 1}', ...ended("length") });
    expect(await step.invoke(atTheLimit)).toBe(atTheLimit);
    const call = { id: "1", name: "extract", args: { a: 1 } };
    const made = new AIMessage({ content: "", tool_calls: [call], invalid_tool_calls: [broken], ...ended("length") });
    expect(await step.invoke(made)).toBe(made);
    const other = { content: "Hello" } as unknown as BaseMessage;
    expect(await step.invoke(other)).toBe(other);
  });

  it.each(["length", "tool_calls"])(
    "one that was cut is output_tokens, where the server says %s",
    async (finishReason) => {
      const call = new AIMessage({ content: "", invalid_tool_calls: [broken], ...ended(finishReason) });
      expect(await rejection(step.invoke(call))).toMatchObject({ code: "output_tokens", completed: '{"a"' });
      const text = new AIMessage({ content: '{"a"', ...ended(finishReason) });
      expect(await rejection(step.invoke(text))).toMatchObject({ code: "output_tokens", rule: "output_tokens" });
    },
  );

  it("a call that can't be read otherwise is a parser's error with its reason", async () => {
    const call = new AIMessage({ content: "", invalid_tool_calls: [{ ...broken, args: "a=1" }], ...ended("stop") });
    expect(await rejection(step.invoke(call))).toMatchObject({
      message: expect.stringMatching(/^No\./),
      llmOutput: "a=1",
    });
  });
});

describe("before the parser of a stream", () => {
  const chunks = (finishReason: string) => [
    new AIMessageChunk('{"a"'),
    new AIMessageChunk(": 1"),
    new AIMessageChunk({ content: "", ...ended(finishReason, false) } as never),
  ];

  it("pieces pass at once, and the whole is judged at the end", async () => {
    const [first, second, last] = chunks("length");
    const rest = new AIMessageChunk("}");
    const all = [first, second, rest, last] as AIMessageChunk[];
    expect(await read(new WholeAnswer(true), ...all)).toEqual(all);
    expect(await read(new WholeAnswer(true))).toEqual([]);
  });

  it("text that is no JSON in the end is an error, also where the server calls it complete", async () => {
    const words = [new AIMessageChunk("Sorry."), new AIMessageChunk({ content: "", ...ended("stop") } as never)];
    expect(await rejection(read(new WholeAnswer(true), ...words))).toMatchObject({ llmOutput: "Sorry." });
    expect(await rejection(read(new WholeAnswer(true), ...chunks("stop")))).toMatchObject({ code: "output_tokens" });
    // Where a call is asked for, words are an answer without one, as ever.
    expect(await read(new WholeAnswer(false), ...words)).toHaveLength(2);
  });
});
