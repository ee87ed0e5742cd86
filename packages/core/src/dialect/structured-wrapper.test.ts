import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { unwrap, WRAPPER, wrapSchema } from "./structured-wrapper.js";

describe("a schema in its wrapper", () => {
  const inner = (schema: object) => {
    const { properties, ...root } = wrapSchema({ ...schema }) as { properties: Record<string, unknown> };
    return { inner: properties[WRAPPER], root };
  };

  test.each([
    ["#", "#/properties/answer"],
    ["#/properties/child", "#/properties/answer/properties/child"],
    ["#/anyOf/0", "#/properties/answer/anyOf/0"],
    ["#/$defs/node", "#/$defs/node"],
    ["#/definitions/node/items", "#/definitions/node/items"],
    ["#/$defsOther", "#/properties/answer/$defsOther"],
    ["#anchor", "#anchor"],
    ["https://example.com/s#/x", "https://example.com/s#/x"],
  ])("that points to %s points to %s, wherever it does", (ref, moved) => {
    const at = (target: string) => ({ anyOf: [{ items: { $ref: target } }, { properties: { a: { $ref: target } } }] });
    const definitions = (target: string) => ({ $defs: { node: at(target) }, definitions: { list: { $ref: target } } });
    expect(inner({ ...at(ref), ...definitions(ref) })).toEqual({
      inner: at(moved),
      root: { type: "object", required: ["answer"], ...definitions(moved) },
    });
  });

  it("that nests too deep is the caller's mistake, with its place", () => {
    let schema: Record<string, unknown> = { type: "string" };
    for (let depth = 0; depth < 100_000; depth += 1) schema = { type: "array", items: schema };
    const param = "response_format.json_schema.schema";
    expect(() => wrapSchema(schema)).toThrow(expect.objectContaining({ code: "invalid_request", param }));
  });

  it("keeps data and names that look like references", () => {
    const schema = {
      anyOf: [
        { const: { $ref: "#" } },
        { enum: [{ $ref: "#" }] },
        { default: { $ref: "#" }, examples: [{ $ref: "#" }] },
      ],
      properties: { $ref: { type: "string" }, const: { $ref: "#" } },
    };
    expect(inner(schema).inner).toEqual({
      ...schema,
      properties: { $ref: { type: "string" }, const: { $ref: "#/properties/answer" } },
    });
  });
});

describe("what is taken out of its wrapper", () => {
  test.each([
    ['{"answer": [1, {"a": "}"}', '[1, {"a": "}"}'],
    ['\n{ "answer" :\n"a \\" b', '"a \\" b'],
    ['{"answer":[1] ', "[1] "],
    ['{"answer":{"a":1} }]', '{"a":1}'],
    ['{"answer":12, "more', "12"],
    ['{"answer":', ""],
    ['{"answ', ""],
    ["{", ""],
    ["", ""],
    ['{"city": "K', '{"city": "K'],
    ['{"answers": 1', '{"answers": 1'],
    ['[{"answer": 1', '[{"answer": 1'],
  ])("%j holds %j", (json, value) => {
    expect(unwrap(json, "answer")).toBe(value);
  });

  it("of an answer cut anywhere is a beginning of the answer", () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), (text, at) => {
        const json = `{"answer":${text}}`;
        expect(text.startsWith(unwrap(json.slice(0, at % json.length), "answer"))).toBe(true);
      }),
    );
  });
});
