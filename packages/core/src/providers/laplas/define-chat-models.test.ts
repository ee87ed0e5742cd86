import { describe, expect, it } from "vitest";
import { defineChatModels } from "./define-chat-models.js";

const usual = {
  tools: false,
  streaming: true,
  systemRole: true,
  responseFormat: false,
  reasoning: false,
  thinkMarks: "none",
  outputLimitName: "max_tokens",
} as const;
const define = defineChatModels("together", usual);

describe("a chat model in one line", () => {
  it("is its dialect's usual model where it says nothing else", () => {
    expect(define("Meta", "meta-llama/Llama-Vision-Free")).toEqual({
      id: "meta-llama/Llama-Vision-Free",
      aliases: [],
      label: "Llama-Vision-Free",
      vendor: "Meta",
      modality: "chat",
      dialect: "together",
      capabilities: { ...usual, extraFields: "dropped" },
    });
    expect(define("OpenAI", "gpt-4").label).toBe("gpt-4");
  });

  it("differs in what it says, also where that is 0 or false", () => {
    const model = define("Meta", "meta-llama/Llama-Vision-Free", {
      aliases: ["gpt-4"],
      label: "Free",
      contextTokens: 0,
      rates: { input: 0, output: 2, evidence: "A test." },
      hello: [0, 0],
      streaming: false,
      tools: true,
    });
    expect(model).toMatchObject({
      aliases: ["gpt-4"],
      label: "Free",
      contextTokens: 0,
      rates: { input: 0, output: 2, evidence: "A test." },
      hello: { input: 0, output: 0 },
      capabilities: { ...usual, streaming: false, tools: true },
    });
  });
});
