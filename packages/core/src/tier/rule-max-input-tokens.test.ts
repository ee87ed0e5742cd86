import { describe, expect, it, test } from "vitest";
import { context, read } from "../testing/requests.js";
import { evidence, tierOf } from "../testing/tier.js";
import { decide } from "./decide.js";

const rule = { id: "prompt", kind: "maxInputTokens", limit: 10, evidence } as const;
/** Text of so many characters without runs. */
const text = (length: number): string => "ab".repeat(length / 2);
const chat = (length: number) => read("chat", { messages: [{ role: "user", content: text(length) }] });

describe("maxInputTokens", () => {
  // Eight characters are a token at the least: what has room by that estimate is sent, and the server says the rest.
  test.each([
    [80, "allow"],
    [86, "allow"],
    [88, "refuse"],
    [800, "refuse"],
  ])("a prompt of %i characters under a limit of 10: %s", (length, action) => {
    expect(decide(tierOf(rule), context(chat(length))).action).toBe(action);
    expect(decide(tierOf(rule), context(read("embedding", { input: text(length) }))).action).toBe(action);
  });

  it("says the limit, the rule and the field", () => {
    expect(decide(tierOf(rule), context(chat(88)))).toEqual({
      action: "refuse",
      rule: "prompt",
      code: "request_size",
      param: "messages",
      message: expect.stringMatching(/^this prompt has at least 11 tokens, and 10 are the most .*rule prompt.*Shorten/),
    });
    expect(decide(tierOf(rule), context(read("embedding", { input: text(88) })))).toMatchObject({ param: "input" });
  });

  it("binds the models that it names, and no image's prompt", () => {
    const others = { ...rule, models: ["gpt-4o"] };
    expect(decide(tierOf(others), context(chat(88))).action).toBe("allow");
    expect(decide(tierOf(rule), context(read("image", { prompt: text(88) }))).action).toBe("allow");
  });
});
