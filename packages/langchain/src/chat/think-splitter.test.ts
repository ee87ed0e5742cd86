import { describe, expect, it } from "vitest";
import { createThinkSplitter } from "./think-splitter.js";

/** Splits a text that comes in pieces of every length, and checks that the length makes no difference. */
function split(text: string) {
  const results = Array.from({ length: text.length || 1 }, (_, index) => {
    const splitter = createThinkSplitter();
    const pieces = text.match(new RegExp(`[^]{1,${index + 1}}`, "g")) ?? [];
    const parts = [...pieces.map((piece) => splitter.push(piece)), splitter.end()];
    return {
      reasoning: parts.map(({ reasoning }) => reasoning).join(""),
      content: parts.map(({ content }) => content).join(""),
    };
  });
  for (const result of results) expect(result).toEqual(results[0]);
  return results[0];
}

describe("createThinkSplitter", () => {
  it.each([
    ["thoughts and an answer", "<think>\nSix times seven.\n</think>\n\n42 is it.", "Six times seven.", "42 is it."],
    ["white space in front", "\n <think>a b</think>c", "a b", "c"],
    ["thoughts that are cut", "<think>\nSix times", "Six times", ""],
    ["an end mark that is cut", "<think>Six</thi", "Six", ""],
    ["no thoughts at all", "<think>\n\n</think>\n\nHello", "", "Hello"],
    ["nothing but thoughts", "<think>Six</think>\n", "Six", ""],
    ["an answer without marks", "Hello < world </think>", "", "Hello < world </think>"],
    ["a mark further on", "Write <think> before it", "", "Write <think> before it"],
    ["what is no mark after all", "<thin ice", "", "<thin ice"],
    ["a beginning that is cut", "<thi", "", "<thi"],
    ["signs inside thoughts", "<think>a < b </ c</think>d\n", "a < b </ c", "d\n"],
    ["nothing", "", "", ""],
  ])("reads %s", (_, text, reasoning, content) => {
    expect(split(text)).toEqual({ reasoning, content });
  });
});
