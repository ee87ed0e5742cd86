import type { BaseMessage } from "@langchain/core/messages";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { reportOf } from "../messages/report-of.js";
import { openWorld, rejection, type World } from "../testing/open-world.js";

const schema = z.object({
  items: z.array(z.object({ number: z.number(), name: z.string(), note: z.string(), isRare: z.boolean() })),
});
const list = {
  items: Array.from({ length: 100 }, (_, index) => ({
    number: index + 1,
    name: `Shell ${index + 1}`,
    note: `Found "below" pier ${(index * 7) % 31},\nday ${index + 3}`,
    isRare: index % 3 === 0,
  })),
};
const text = JSON.stringify(list);
const question = "List 100 shells";
const METHODS = ["functionCalling", "jsonMode", "jsonSchema"] as const;
const MODELS = [
  "gpt-4o-mini",
  "meta-llama/Llama-3.3-70B-Instruct-Turbo",
  "claude-3-haiku-20240307",
  "gemini-1.5-flash",
];
const cases = MODELS.flatMap((model) => METHODS.map((method) => ({ model, method })));

/** The next answer is this list, in the way that the request asks for. */
function write({ sandbox }: World, draft: object = {}) {
  sandbox.write({ text, ...draft });
}

describe.each(cases)("a list of 100 by $method on $model", ({ model, method }) => {
  it("comes whole, from invoke, a stream, and with the message beside it", async () => {
    const world = await openWorld();
    const chat = world.chat({ model, continueAtCap: 12 });
    const asked = chat.withStructuredOutput(schema, { method });
    write(world);
    expect(await asked.invoke(question)).toEqual(list);
    write(world);
    let last: unknown;
    for await (const part of await asked.stream(question)) last = part;
    expect(last).toEqual(list);
    write(world);
    const { raw, parsed } = await chat.withStructuredOutput(schema, { method, includeRaw: true }).invoke(question);
    expect(parsed).toEqual(list);
    expect(reportOf(raw)).toMatchObject({ ended: "complete", truncatedByTier: false });
    expect(reportOf(raw)?.parts?.length).toBeGreaterThan(3);
    expect(world.sandbox.counts()).toMatchObject({ refused: 0 });
  });

  it("that stays cut is output_tokens with the text so far, and null beside its message", async () => {
    const world = await openWorld();
    const chat = world.chat({ model, continueAtCap: 2 });
    const asked = chat.withStructuredOutput(schema, { method });
    write(world);
    const error = await rejection(asked.invoke(question));
    expect(error).toMatchObject({ name: "FatalLimitError", code: "output_tokens", rule: "output_tokens" });
    const { completed } = error as { completed: string };
    expect(text.startsWith(completed)).toBe(true);
    // Three parts of it.
    expect(completed.length).toBeGreaterThan(2_500);
    write(world);
    const read = async () => {
      for await (const _ of await asked.stream(question));
    };
    expect(await rejection(read())).toMatchObject({ code: "output_tokens", completed });
    write(world);
    const { raw, parsed } = await chat.withStructuredOutput(schema, { method, includeRaw: true }).invoke(question);
    expect(parsed).toBeNull();
    expect(reportOf(raw as BaseMessage)).toMatchObject({ ended: "parts", truncatedByTier: true });
  });
});
