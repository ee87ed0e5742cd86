import { describe, expect, it } from "vitest";
import { documentOf } from "./testing/document-of.js";
import { openRefusing } from "./testing/refusing-provider.js";

/** The engine takes two characters for a token where all must fit, and four tokens for a message. */
const promptOf = (tokens: number): string => "x".repeat(2 * (tokens - 4));

describe("a minute that holds prompt and longest answer", () => {
  it.each([
    ["groq", "openai/gpt-oss-120b", "max_tokens"],
    ["cerebras", "gpt-oss-120b", "max_completion_tokens"],
  ])(
    "of %s: requests always carry the limit of their answer, and what is set or lowered is reported",
    async (id, model, field) => {
      const { engine, sent } = await openRefusing(documentOf(id), [model]);
      const ask = (tokens: number, more: object) =>
        engine.chat({ model, messages: [{ role: "user", content: promptOf(tokens) }], ...more });

      const plain = await ask(500, {});
      expect(sent.at(-1)?.body[field]).toBe(1_024);
      expect(plain.laplas.adjusted).toContainEqual(
        expect.objectContaining({ to: expect.stringMatching(/=1024$/), rule: "tokens_a_minute" }),
      );

      const own = await ask(500, { max_tokens: 300 });
      expect(sent.at(-1)?.body[field]).toBe(300);
      expect(own.laplas.adjusted.filter(({ rule }) => rule === "tokens_a_minute")).toEqual([]);
      expect(sent).toHaveLength(2);
    },
  );

  it.each([
    ["groq", "openai/gpt-oss-120b", "max_tokens", 8_000],
    ["cerebras", "gpt-oss-120b", "max_completion_tokens", 30_000],
  ])(
    "of %s: a limit above what an empty minute holds beside the prompt is lowered to that",
    async (id, model, field, limit) => {
      const { engine, sent } = await openRefusing(documentOf(id), [model]);
      const messages = [{ role: "user" as const, content: promptOf(2_000) }];
      const { laplas } = await engine.chat({ model, messages, max_tokens: 60_000 });
      expect(sent.at(-1)?.body[field]).toBe(limit - 2_000);
      expect(laplas.adjusted).toContainEqual(expect.objectContaining({ rule: "tokens_a_minute" }));
    },
  );

  it("of groq: an answer is never given less room than 256 tokens, and a prompt that leaves less is not sent", async () => {
    const { ask, sent } = await openRefusing(documentOf("groq"), ["openai/gpt-oss-120b"]);
    const model = "openai/gpt-oss-120b";
    expect(await ask(model, { content: promptOf(8_000 - 255) })).toMatchObject({ code: "request_size" });
    expect(sent).toEqual([]);
    expect(await ask(model, { content: promptOf(8_000 - 256) })).toBe("answered");
    expect(sent.at(-1)?.body.max_tokens).toBe(256);
  });

  it("of groq: an agent's prompt of 10,000 tokens is refused before it is sent, by the rule of the minute", async () => {
    const { ask, sent } = await openRefusing(documentOf("groq"), ["openai/gpt-oss-120b"]);
    // Four characters for each.
    expect(await ask("openai/gpt-oss-120b", { content: "word".repeat(10_000) })).toEqual({
      code: "request_size",
      rule: "tokens_a_minute",
      opensAt: undefined,
    });
    expect(sent).toEqual([]);
  });
});
