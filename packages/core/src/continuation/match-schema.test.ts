import { describe, expect, test } from "vitest";
import { matchesSchema } from "./match-schema.js";

const LIST = {
  type: "object",
  properties: { items: { type: "array", items: { $ref: "#/$defs/item" }, minItems: 2 } },
  required: ["items"],
  additionalProperties: false,
  $defs: { item: { type: "object", properties: { id: { type: "integer" } }, required: ["id"] } },
};

function nested(depth: number): unknown {
  let schema: unknown = { type: "string" };
  for (let level = 0; level < depth; level++) schema = { type: "array", items: schema };
  return schema;
}

describe("matchesSchema", () => {
  test.each([
    ['{"items":[{"id":1},{"id":2}]}', true],
    ['{"items":[{"id":1}]}', false],
    ['{"items":[{"id":1},{"id":"2"}]}', false],
    ['{"items":[{"id":1},{"id":2}],"more":1}', false],
    ['{"items":[{"id":1},{"id":2}]', false],
    ['{"items":[{"id":1},{"id":2}]} more', false],
    ["{}", false],
    ["", false],
  ])("of %s is %s", (text, matches) => {
    expect(matchesSchema(text, LIST)).toBe(matches);
  });

  test("without a schema asks for valid JSON", () => {
    for (const none of [undefined, null, "schema", 5, [LIST]]) {
      expect([matchesSchema("[1]", none), matchesSchema("[1", none)]).toEqual([true, false]);
    }
    expect([matchesSchema("[1]", true), matchesSchema("[1]", false)]).toEqual([true, false]);
  });

  test("counts a schema that can't be read as none", () => {
    const circle: Record<string, unknown> = {};
    circle.items = circle;
    const hostile = [
      { $ref: "#/$defs/nowhere" },
      { $ref: "#" },
      { $ref: 5 },
      { type: "string", pattern: "(" },
      { properties: 5 },
      { properties: null },
      { allOf: "all" },
      { allOf: [null] },
      { $id: "::no address::" },
      { enum: 5 },
      { __absolute_ref__: "nowhere", $ref: "#" },
      { toJSON: () => undefined },
      { type: 1n },
      circle,
      nested(50_000),
    ];
    for (const schema of hostile) {
      expect(typeof matchesSchema('{"a":["b"]}', schema)).toBe("boolean");
      expect(typeof matchesSchema('"a"', schema)).toBe("boolean");
      expect(matchesSchema('{"a":', schema)).toBe(false);
    }
    expect(matchesSchema('"a"', { $ref: "#/$defs/nowhere" })).toBe(true);
    expect(matchesSchema('"a"', { type: "string", pattern: "(" })).toBe(true);
    const deep = `${"[".repeat(50_000)}"a"${"]".repeat(50_000)}`;
    expect(matchesSchema(deep, { type: "array", items: { $ref: "#" } })).toBe(true);
  });

  test("takes names of the prototype as any other", () => {
    const schema = JSON.parse(
      '{"type":"object","properties":{"__proto__":{"type":"string"},"constructor":{"type":"number"}},"required":["toString"],"additionalProperties":{"type":"boolean"}}',
    );
    expect(matchesSchema('{"__proto__":"a","constructor":1,"toString":true}', schema)).toBe(true);
    expect(matchesSchema('{"__proto__":1,"toString":true}', schema)).toBe(false);
    expect(matchesSchema('{"constructor":"a","toString":true}', schema)).toBe(false);
    expect(matchesSchema('{"constructor":1}', schema)).toBe(false);
    expect(matchesSchema('{"toString":true,"hasOwnProperty":5}', schema)).toBe(false);
    expect(({} as Record<string, unknown>).a).toBeUndefined();
  });

  test("reads the draft that the schema names", () => {
    const four = "http://json-schema.org/draft-04/schema#";
    const seven = "http://json-schema.org/draft-07/schema#";
    expect(matchesSchema("5", { $schema: four, minimum: 5, exclusiveMinimum: true })).toBe(false);
    expect(matchesSchema("6", { $schema: four, minimum: 5, exclusiveMinimum: true })).toBe(true);
    const beside = { $ref: "#/definitions/n", minimum: 5, definitions: { n: { type: "number" } } };
    expect(matchesSchema("1", { $schema: seven, ...beside })).toBe(true);
    expect(matchesSchema("1", beside)).toBe(false);
  });

  test("leaves the schema as it is", () => {
    const frozen = Object.freeze({ $ref: "#/$defs/a", $defs: Object.freeze({ a: Object.freeze({ type: "string" }) }) });
    expect([matchesSchema('"a"', frozen), matchesSchema("1", frozen)]).toEqual([true, false]);
    expect(Reflect.ownKeys(frozen)).toEqual(["$ref", "$defs"]);
  });
});
