import { describe, expect, it } from "vitest";
import { generateAnswer } from "./generate-answer.js";
import { takeTagged } from "./take-tagged.js";

it("takes what stands in tags, whatever their case, attributes and number", () => {
  const text = 'Use this.\n<Context id="1">\nOne.\n</context><doc>Two.</doc> Why?';
  expect(takeTagged(text)).toEqual({ context: ["One.", "Two."], rest: "Use this.\n\n\n Why?" });
});

it("leaves tags alone that are not closed, and those inside of others", () => {
  expect(takeTagged("<context>a <doc>b</context> c</doc>")).toEqual({ context: ["a <doc>b"], rest: "\n c</doc>" });
  expect(takeTagged("<context>a")).toEqual({ context: [], rest: "<context>a" });
});

describe("prompts made to take long", () => {
  const many = 100_000;
  it.each([
    ["tags that are never closed", "<context>some text. ".repeat(many)],
    ["tags without an end", "<context ".repeat(many)],
    ["empty lines", `Context:${"\n".repeat(2 * many)}x`],
    ["labels", "Context: a\n".repeat(many)],
    ["commands", "write count ".repeat(many)],
  ])("%s", (_, text) => {
    const { content } = generateAnswer({
      turns: [{ role: "user", text, toolCalls: [] }],
      maxTokens: undefined,
      largestMaxTokens: undefined,
      stream: false,
      includeUsage: false,
      choices: 1,
      stop: [],
      tools: [],
      toolChoice: { kind: "auto" },
      format: { kind: "text" },
    });
    // At a fifth of this length one of these took 6 s when its cost was quadratic: here that runs into the time-out.
    expect(content).not.toBe("");
  });
});
