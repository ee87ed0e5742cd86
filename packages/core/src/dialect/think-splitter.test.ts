import { describe, expect, it } from "vitest";
import { createThinkSplitter } from "./think-splitter.js";

/** Splits a text that comes in pieces of every length, and checks that the length makes no difference. */
function split(text: string, marks: "start" | "end" = "start", isCut = false) {
  const results = Array.from({ length: text.length || 1 }, (_, index) => {
    const splitter = createThinkSplitter(marks);
    const pieces = text.match(new RegExp(`[^]{1,${index + 1}}`, "g")) ?? [];
    const parts = [...pieces.map((piece) => splitter.push(piece)), splitter.end(isCut)];
    return {
      reasoning: parts.map(({ reasoning }) => reasoning).join(""),
      content: parts.map(({ content }) => content).join(""),
    };
  });
  for (const result of results) expect(result).toEqual(results[0]);
  return results[0];
}

/** Whether the server's model must write `<think>` or may leave it out. */
const bothMarks = ["start", "end"] as const;

describe.each(bothMarks)("a think splitter with marks %s", (marks) => {
  it.each([
    ["thoughts and an answer", "<think>\nSix times seven.\n</think>\n\n42 is it.", "Six times seven.", "42 is it."],
    ["white space in front", "\n <think>a b</think>c", "a b", "c"],
    ["thoughts that are cut", "<think>\nSix times", "Six times", ""],
    ["an end mark that is cut", "<think>Six</thi", "Six", ""],
    ["no thoughts at all", "<think>\n\n</think>\n\nHello", "", "Hello"],
    ["nothing but thoughts", "<think>Six</think>\n", "Six", ""],
    ["what is no mark after all", "<thin ice", "", "<thin ice"],
    ["a beginning that is cut", "<thi", "", "<thi"],
    ["signs inside thoughts", "<think>a < b </ c</think>d\n", "a < b </ c", "d\n"],
    ["thoughts that quote the first mark", "<think>is <think> one?</think>Yes", "is <think> one?", "Yes"],
    ["marks inside marks", "<think>a<think>b</think>c</think>d", "a<think>b", "c</think>d"],
    ["a second pair", "<think>a</think>b<think>c</think>d", "a", "b<think>c</think>d"],
    ["an answer without marks", " Hello < world\n", "", " Hello < world\n"],
    ["nothing", "", "", ""],
  ])("reads %s", (_, text, reasoning, content) => {
    expect(split(text, marks)).toEqual({ reasoning, content });
  });
});

describe("a think splitter of a model that writes both marks", () => {
  it.each([
    ["an end mark alone", "Hello < world </think>", "", "Hello < world </think>"],
    ["a mark further on", "Write <think> before it", "", "Write <think> before it"],
  ])("reads %s as text", (_, text, reasoning, content) => {
    expect(split(text)).toEqual({ reasoning, content });
    expect(split(text, "start", true)).toEqual({ reasoning, content });
  });

  it("holds nothing of an answer back once it has begun", () => {
    const splitter = createThinkSplitter("start");
    expect(splitter.push("Hello")).toEqual({ content: "Hello" });
    expect(splitter.push("<think>")).toEqual({ content: "<think>" });
  });
});

describe("a think splitter of a model whose server may leave the first mark out", () => {
  it.each([
    ["thoughts up to the end mark", "\nOkay, six\n</think>\n\n42", "Okay, six", "42"],
    ["text in front of a late first mark", "Sure.\n<think>six</think>42", "six", "Sure.\n42"],
    ["an end mark without thoughts", "</think>\n42", "", "42"],
    ["thoughts that quote the end mark", "a</think>b</think>c", "a", "b</think>c"],
  ])("reads %s", (_, text, reasoning, content) => {
    expect(split(text, "end")).toEqual({ reasoning, content });
  });

  it("takes a text without marks for the answer, and for thoughts where it was cut", () => {
    expect(split("Six times seven", "end")).toEqual({ reasoning: "", content: "Six times seven" });
    expect(split("\nSix times seven </th", "end", true)).toEqual({ reasoning: "Six times seven", content: "" });
  });

  it("lets go of what it held as soon as a mark is no longer to be expected", () => {
    const splitter = createThinkSplitter("end");
    expect(splitter.push("Let me look")).toEqual({ content: "" });
    expect(splitter.expectMark()).toEqual({ content: "Let me look" });
    expect(splitter.push("</think>")).toEqual({ content: "</think>" });
    const marked = createThinkSplitter("end");
    expect(marked.expectMark()).toEqual({ content: "" });
    expect(marked.push("<think>a</think>b")).toEqual({ reasoning: "a", content: "b" });
  });
});
