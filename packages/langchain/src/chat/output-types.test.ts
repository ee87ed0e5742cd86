/* What TypeScript infers from a schema, and that the parsed answer is of this type. `tsc -p tsconfig.check.json` reads it. */
import type { BaseMessage } from "@langchain/core/messages";
import type { SerializableSchema } from "@langchain/core/utils/standard_schema";
import { describe, expect, expectTypeOf, it } from "vitest";
import { z } from "zod";
import * as z3 from "zod/v3";
import { openWorld } from "../testing/open-world.js";
import { answerOf } from "../testing/scripted-answers.js";

/** A model whose next answer is a call of `extract` with these arguments. */
async function modelThatSays(args: object) {
  const { chat, sandbox } = await openWorld();
  const call = { id: "1", type: "function", function: { name: "extract", arguments: JSON.stringify(args) } };
  sandbox.fault(answerOf({ tool_calls: [call] }, "tool_calls"));
  return chat();
}

const noon = "2026-03-10T12:00:00.000Z";

describe.each([
  ["zod 4", z],
  ["zod 3", z3.z as unknown as typeof z],
])("a schema of %s", (_, { object, string, coerce, number }) => {
  it("gives plain, optional and default fields", async () => {
    const schema = object({ name: string(), nick: string().optional(), age: number().default(36) });
    const answer = await (await modelThatSays({ name: "Ada" })).withStructuredOutput(schema).invoke("?");
    expectTypeOf(answer).toEqualTypeOf<{ name: string; nick?: string | undefined; age: number }>();
    expect(answer).toEqual({ name: "Ada", age: 36 });
  });

  it("gives what a transform of a field makes", async () => {
    const schema = object({ at: string().transform((text) => new Date(text)) });
    const answer = await (await modelThatSays({ at: noon })).withStructuredOutput(schema).invoke("?");
    expectTypeOf(answer).toEqualTypeOf<{ at: Date }>();
    expect(answer).toEqual({ at: new Date(noon) });
  });

  it("gives what a transform of the whole makes", async () => {
    const schema = object({ name: string() }).transform(({ name }) => ({ length: name.length }));
    const answer = await (await modelThatSays({ name: "Ada" })).withStructuredOutput(schema).invoke("?");
    expectTypeOf(answer).toEqualTypeOf<{ length: number }>();
    expect(answer).toEqual({ length: 3 });
  });

  it("gives what a coercion makes", async () => {
    const schema = object({ age: coerce.number() });
    const answer = await (await modelThatSays({ age: "36" })).withStructuredOutput(schema).invoke("?");
    expectTypeOf(answer).toEqualTypeOf<{ age: number }>();
    expect(answer).toEqual({ age: 36 });
  });

  it("is refined", async () => {
    const schema = object({ age: number() }).refine(({ age }) => age > 0);
    const model = await modelThatSays({ age: -1 });
    await expect(model.withStructuredOutput(schema).invoke("?")).rejects.toThrow();
  });
});

it("zod 3 is typed as zod 4 is", async () => {
  const { chat } = await openWorld();
  const read = <Output>(chain: { invoke(input: string): Promise<Output> }) => chain.invoke;
  const whole = z3.object({ name: z3.string() }).transform(({ name }) => ({ length: name.length }));
  expectTypeOf(read(chat().withStructuredOutput(whole))).returns.resolves.toEqualTypeOf<{ length: number }>();
  const fields = z3.object({ at: z3.string().transform((text) => new Date(text)), age: z3.coerce.number() });
  expectTypeOf(read(chat().withStructuredOutput(fields))).returns.resolves.toEqualTypeOf<{ at: Date; age: number }>();
});

/** A schema of no library: it reads a text and gives its length. */
const standard: SerializableSchema<{ name: string }, { length: number }> = {
  "~standard": {
    version: 1,
    vendor: "test",
    validate: (value) => ({ value: { length: (value as { name: string }).name.length } }),
    jsonSchema: {
      input: () => ({ type: "object", properties: { name: { type: "string" } }, required: ["name"] }),
      output: () => ({ type: "object", properties: { length: { type: "number" } } }),
    },
  },
};

it("a standard schema gives its output", async () => {
  const answer = await (await modelThatSays({ name: "Ada" })).withStructuredOutput(standard).invoke("?");
  expectTypeOf(answer).toEqualTypeOf<{ length: number }>();
  expect(answer).toEqual({ length: 3 });
});

it("a JSON schema gives a record, or the type that is named", async () => {
  const schema = { title: "extract", type: "object", properties: { name: { type: "string" } } };
  const record = await (await modelThatSays({ name: "Ada" })).withStructuredOutput(schema).invoke("?");
  expectTypeOf(record).toEqualTypeOf<Record<string, unknown>>();
  const named = await (await modelThatSays({ name: "Ada" })).withStructuredOutput<{ name: string }>(schema).invoke("?");
  expectTypeOf(named).toEqualTypeOf<{ name: string }>();
  expect([record, named]).toEqual([{ name: "Ada" }, { name: "Ada" }]);
});

it("includeRaw gives the message beside the answer", async () => {
  const schema = z.object({ at: z.string().transform((text) => new Date(text)) });
  const model = await modelThatSays({ at: noon });
  const both = await model.withStructuredOutput(schema, { includeRaw: true }).invoke("?");
  expectTypeOf(both).toEqualTypeOf<{ raw: BaseMessage; parsed: { at: Date } }>();
  expect(both).toMatchObject({ raw: { tool_calls: [{ name: "extract" }] }, parsed: { at: new Date(noon) } });
  const without = await modelThatSays({ at: noon });
  const alone = await without.withStructuredOutput(schema, { includeRaw: false, name: "extract" }).invoke("?");
  expectTypeOf(alone).toEqualTypeOf<{ at: Date }>();
});
