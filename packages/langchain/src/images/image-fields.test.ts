import { HumanMessage, SystemMessage } from "@langchain/core/messages";
import { ChatPromptValue, StringPromptValue } from "@langchain/core/prompt_values";
import { describe, expect, it } from "vitest";
import { readImagePrompt } from "./image-fields.js";

describe("readImagePrompt", () => {
  it("reads a text, and an object as it is", () => {
    expect(readImagePrompt("a fox")).toEqual({ prompt: "a fox" });
    const input = { prompt: "a fox", n: 2, style: "vivid" };
    expect(readImagePrompt(input)).toBe(input);
  });

  it("reads what prompt templates make, without the roles' names", () => {
    expect(readImagePrompt(new StringPromptValue("a fox"))).toEqual({ prompt: "a fox" });
    const messages = [
      new SystemMessage("In oil."),
      new HumanMessage({
        content: [
          { type: "text", text: "a " },
          { type: "text", text: "fox" },
        ],
      }),
    ];
    expect(readImagePrompt(new ChatPromptValue(messages))).toEqual({ prompt: "In oil.\na fox" });
  });
});
