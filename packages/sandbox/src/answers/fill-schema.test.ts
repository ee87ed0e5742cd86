import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { JsonSchema } from "../chat/chat-request.js";
import { fillSchema } from "./fill-schema.js";

const source = "Book the Grand Hotel in Oslo for 2 adults and 3 children, order AB-1234, 0.5 stars";
const values = (properties: Record<string, unknown>, more: object = {}): JsonSchema => ({
  type: "object",
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
  ...more,
});

/** Judged by zod's own reading of JSON schemas, so that the sandbox is not its own judge. */
function expectFit(schema: JsonSchema): unknown {
  const value = fillSchema(schema, source, () => "A sentence about hotels in Oslo.");
  const parsed = z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]).safeParse(value);
  expect.soft(parsed.error?.issues ?? [], JSON.stringify([schema, value])).toEqual([]);
  return value;
}

const node = {
  type: "object",
  properties: { name: { type: "string" }, children: { type: "array", items: { $ref: "#/$defs/node" } } },
  required: ["name", "children"],
};
const link = {
  type: "object",
  properties: { value: { type: "integer" }, next: { anyOf: [{ $ref: "#/$defs/link" }, { type: "null" }] } },
  required: ["value", "next"],
};

describe("a filled schema fits", () => {
  it.each<[string, JsonSchema]>([
    ["lengths", values({ code: { type: "string", minLength: 40 }, city: { type: "string", maxLength: 3 } })],
    ["a pattern that a word of the text has", values({ order: { type: "string", pattern: "^[A-Z]{2}-\\d{4}$" } })],
    ["a pattern that no word has", values({ plate: { type: "string", pattern: "^(?:[a-f]{2}|x)-\\d+[^a-z]?Z$" } })],
    [
      "formats",
      values(
        Object.fromEntries(
          ["date", "date-time", "time", "email", "uri", "uuid", "ipv4", "ipv6"].map((format) => [
            format,
            { type: "string", format },
          ]),
        ),
      ),
    ],
    [
      "bounds of numbers",
      values({
        a: { type: "number", exclusiveMinimum: 5 },
        b: { type: "number", exclusiveMinimum: 0, exclusiveMaximum: 0.5 },
        c: { type: "integer", minimum: 10, maximum: 20, multipleOf: 7 },
        d: { type: "integer", maximum: -1 },
        e: { type: ["integer", "null"], minimum: 4 },
      }),
    ],
    [
      "lists",
      values({
        a: { type: "array", items: { type: "string", enum: ["x", "y", "z"] }, minItems: 3, uniqueItems: true },
        b: { type: "array", items: { type: "integer" }, minItems: 5, maxItems: 5 },
        c: { type: "array", items: { type: "string" }, maxItems: 0 },
        d: { type: "array", items: { type: "number", minimum: 100 } },
        e: { type: "array", prefixItems: [{ type: "string" }, { type: "number" }], items: false },
      }),
    ],
    ["schemas that are true", values({ anything: true, list: { type: "array", items: true } })],
    ["maps", values({ scores: { type: "object", additionalProperties: { type: "number" }, minProperties: 2 } })],
    [
      "what is required without a property",
      { type: "object", required: ["a"], additionalProperties: { type: "integer" } },
    ],
    [
      "alternatives with something beside them",
      {
        type: "object",
        properties: { a: { type: "integer" } },
        required: ["a"],
        anyOf: [{ properties: { b: { type: "integer" } }, required: ["b"] }],
      },
    ],
    [
      "parts that are joined",
      {
        allOf: [
          { type: "object", properties: { a: { type: "integer" } }, required: ["a"] },
          { type: "object", properties: { b: { type: "boolean" } }, required: ["b"] },
        ],
      },
    ],
    ["a tree", { $defs: { node }, $ref: "#/$defs/node" }],
    ["a linked list", { $defs: { link }, ...link }],
    ["constants and null", values({ kind: { const: 7 }, nothing: { type: "null" }, choice: { enum: [null, 1] } })],
  ])("%s", (_, schema) => {
    expectFit(schema);
  });

  it("with the text's own values where they fit", () => {
    expect(expectFit(values({ order: { type: "string", pattern: "^[A-Z]{2}-\\d{4}$" } }))).toEqual({
      order: "AB-1234",
    });
    expect(expectFit(values({ adults: { type: "integer", minimum: 1 } }))).toEqual({ adults: 2 });
    expect(expectFit(values({ city: { type: "string" } }))).toMatchObject({ city: expect.stringContaining("Oslo") });
  });
});
