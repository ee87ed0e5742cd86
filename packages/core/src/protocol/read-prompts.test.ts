import { describe, expect, it, test } from "vitest";
import { FatalUpstreamError } from "../errors/upstream-errors.js";
import { readPrompts } from "./read-prompts.js";

const model = "gpt-4o-mini";
const chatOf = (content: string, more: object = {}) => ({ model, ...more, messages: [{ role: "user", content }] });
const refusal = (fields: object): unknown => {
  try {
    readPrompts({ model, prompt: "Hello", ...fields });
  } catch (error) {
    return error;
  }
  return undefined;
};

describe("the prompts of a completion", () => {
  it("are each a chat of one user message, with all that chats and completions have in common", () => {
    const more = { max_tokens: 5, temperature: 0, n: 2, stop: ["\n"], stream: true, seed: 0, user: "u" };
    expect(readPrompts({ model, prompt: "Hello", ...more })).toEqual([chatOf("Hello", more)]);
    expect(readPrompts({ model, prompt: ["One", "Two"] })).toEqual([chatOf("One"), chatOf("Two")]);
    expect(readPrompts({ model, prompt: [" One\n"] })).toEqual([chatOf(" One\n")]);
  });

  it("set no limit that the client did not set", () => {
    expect(readPrompts({ model, prompt: "Hello" })[0]).not.toHaveProperty("max_tokens");
  });

  test.each([
    { echo: false, best_of: 1, suffix: "", logprobs: null },
    { echo: null, best_of: null, suffix: null, logprobs: false },
    { messages: null, tools: null },
  ])("pass with %j, which asks for nothing", (fields) => {
    expect(readPrompts({ model, prompt: "Hello", ...fields })).toEqual([expect.objectContaining(chatOf("Hello"))]);
    for (const field of ["echo", "best_of", "suffix", "logprobs", "prompt"]) {
      expect(readPrompts({ model, prompt: "Hello", ...fields })[0]).not.toHaveProperty(field);
    }
  });

  it("pass with the best of as many answers as are wanted", () => {
    expect(readPrompts({ model, prompt: "Hello", n: 3, best_of: 3 })).toEqual([chatOf("Hello", { n: 3 })]);
  });

  test.each<[string, object]>([
    ["echo", { echo: true }],
    ["best_of", { best_of: 2 }],
    ["best_of", { best_of: 3, n: 2 }],
    ["suffix", { suffix: "the end" }],
    ["logprobs", { logprobs: 5 }],
    ["logprobs", { logprobs: 0 }],
    ["messages", { messages: [] }],
    ["tools", { tools: [{}] }],
    ["prompt", { prompt: undefined }],
    ["prompt", { prompt: null }],
    ["prompt", { prompt: "" }],
    ["prompt", { prompt: ["Hello", " \n"] }],
    ["prompt", { prompt: [] }],
    ["prompt", { prompt: {} }],
    ["prompt", { prompt: Array.from({ length: 101 }, () => "Hello") }],
  ])("are refused for their %s: %j", (param, fields) => {
    const error = refusal(fields);
    expect(error).toBeInstanceOf(FatalUpstreamError);
    expect(error).toMatchObject({ code: "invalid_request", param, message: expect.stringContaining(`"${param}"`) });
  });

  test.each([[[1, 2]], [[[1, 2], [3]]]])("are refused as token ids: %j", (prompt) => {
    expect(refusal({ prompt })).toMatchObject({ param: "prompt", message: expect.stringMatching(/token ids/) });
  });

  it("are a hundred at most", () => {
    expect(readPrompts({ model, prompt: Array.from({ length: 100 }, () => "Hello") })).toHaveLength(100);
  });

  test.each(["Hello", null, 5, ["Hello"]])("leave a body that is %j to be refused as any other", (body) => {
    expect(readPrompts(body)).toEqual([body]);
  });
});
