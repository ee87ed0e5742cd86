import { describe, expect, it, test } from "vitest";
import type { ChatCompletionChunk } from "../request/wire-types.js";
import { charactersOf, countAnswer } from "./runaway.js";

type Delta = ChatCompletionChunk["choices"][number]["delta"];

const chunk = (...deltas: Delta[]): ChatCompletionChunk => {
  const choices = deltas.map((delta, index) => ({ index, delta, finish_reason: null }));
  return { id: "c1", object: "chat.completion.chunk", created: 1, model: "m", choices };
};
const text = (content: string) => chunk({ content });

/** Adds chunks until the answer is too long; how many it took. */
function piecesUntilTooLong(body: object, next: ChatCompletionChunk, most: number): number | undefined {
  const length = countAnswer({ ...body });
  for (let count = 1; count <= most; count += 1) if (length.add(next)) return count;
  return undefined;
}

describe("an answer of 512 tokens", () => {
  const body = { max_tokens: 512 };
  test.each<[string, ChatCompletionChunk, number]>([
    ["a token a piece", text("word"), 512],
    ["a letter a piece", text("w"), 512 * 6],
    ["the longest tokens there are", text(" ".repeat(128)), 512],
    ["the longest tokens, in halves", text("-".repeat(64)), 1_024],
    ["one piece", text("word ".repeat(512)), 1],
    ["tokens with many empty pieces between", chunk({ content: "" }), 1_000_000],
    [
      "pieces that have no delta",
      { ...chunk(), choices: [{ index: 0, delta: null as never, finish_reason: null }] },
      9,
    ],
    ["thoughts that the server does not count", chunk({ reasoning_content: "word" }), 32_768 + 512],
    ["arguments of a tool", chunk({ tool_calls: [{ index: 0, function: { arguments: '{"a":' } }] }), 512],
    ["a head of a tool call", chunk({ tool_calls: [{ index: 0, function: { name: "a" } }, { index: 1 }] }), 512],
  ])("is never too long: %s", (_, piece, pieces) => {
    expect(piecesUntilTooLong(body, piece, pieces)).toBeUndefined();
  });
});

describe("an answer without end", () => {
  test.each<[string, object, ChatCompletionChunk, number]>([
    ["of single letters", { max_tokens: 512 }, text("x"), 4 * 512 * 4 + 1],
    ["of usual tokens", { max_tokens: 512 }, text("word"), 4 * 512 + 1],
    ["of long tokens", { max_tokens: 512 }, text("internationalize"), 4 * 512 + 1],
    ["of huge pieces", { max_tokens: 512 }, text("x".repeat(100_000)), 3],
    ["of refusals", { max_tokens: 1 }, chunk({ refusal: "word" }), 5],
    ["of arguments", { max_tokens: 1 }, chunk({ tool_calls: [{ index: 0, function: { arguments: "word" } }] }), 5],
    ["of thoughts", { max_tokens: 512 }, chunk({ reasoning_content: "word" }), 4 * (512 + 32_768) + 1],
    ["under the newer name of the limit", { max_completion_tokens: 1 }, text("word"), 5],
    ["of two choices", { max_tokens: 1, n: 2 }, text("word"), 9],
  ])("%s is cut", (_, body, piece, at) => {
    expect(piecesUntilTooLong(body, piece, 1_000_000)).toBe(at);
  });

  test.each([{}, { max_tokens: null }, { max_tokens: 0 }, { max_tokens: "512" }])("is not told by %j", (body) => {
    expect(piecesUntilTooLong(body, text("x".repeat(100_000)), 1_000)).toBeUndefined();
  });
});

it("all characters count for what an answer costs, of every choice and kind", () => {
  const length = countAnswer({});
  length.add(chunk({ content: "ab", reasoning_content: "c", refusal: "d" }, { content: null }, { content: "ef" }));
  length.add(chunk({ tool_calls: [{ index: 0, function: { arguments: "gh" } }, { index: 1 }] }));
  expect(length.characters).toEqual({ said: 7, thought: 1 });
});

it("what has another shape has no length, and parts of text and older calls have theirs", () => {
  const messages: unknown[] = [
    { content: [{ type: "text", text: "abc" }, null, { text: 5 }, "x"] },
    { content: null, function_call: { name: "f", arguments: "de" } },
    { content: 7, refusal: {}, reasoning_content: [], tool_calls: 5, function_call: null },
    { tool_calls: [null, { function: null }, { function: { arguments: {} } }] },
    null,
    "text",
  ];
  expect(charactersOf(messages as never)).toEqual({ said: 5, thought: 0 });
});
