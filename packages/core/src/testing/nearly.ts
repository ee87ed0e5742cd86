import fc from "fast-check";

/** Makes values that are nearly right. */
export interface Nearly {
  readonly anything: fc.Arbitrary<unknown>;
  readonly word: fc.Arbitrary<unknown>;
  /** As tools are named. */
  readonly name: fc.Arbitrary<unknown>;
  mostly(good: fc.Arbitrary<unknown>): fc.Arbitrary<unknown>;
  one(...values: unknown[]): fc.Arbitrary<unknown>;
  list(of: fc.Arbitrary<unknown>, least?: number): fc.Arbitrary<unknown>;
  /** @param required fields that are always there */
  object(fields: Record<string, fc.Arbitrary<unknown>>, ...required: string[]): fc.Arbitrary<unknown>;
}

/** @param good how many values are right for one that is of any kind */
export function nearly(good: number): Nearly {
  const anything = fc.anything({ maxDepth: 3, withNullPrototype: false });
  const mostly: Nearly["mostly"] = (arbitrary) =>
    fc.oneof({ arbitrary, weight: good }, { arbitrary: anything, weight: 1 });
  return {
    anything,
    mostly,
    word: mostly(fc.string({ minLength: 1, maxLength: 30, unit: "grapheme" })),
    name: mostly(fc.constantFrom("f", "read_file", "web_search", "n__f")),
    one: (...values) => mostly(fc.constantFrom(...values)),
    list: (of, least = 0) => mostly(fc.array(of, { minLength: least, maxLength: 3 })),
    object: (fields, ...required) => mostly(fc.record(fields, { requiredKeys: required })),
  };
}
