import { describe, expect, expectTypeOf, it } from "vitest";
import { createLaplas } from "./create-laplas.js";
import { type LaplasOptions, resolveOptions } from "./options.js";
import { type DeprecatedOption, type OptionName, optionNames, optionTable } from "./options-table.js";

const rows = Object.entries(optionTable) as [OptionName, { is: unknown; default?: unknown; variable?: string }][];

describe("the table of options", () => {
  it("has a row for each option of the interface, and no other", () => {
    expectTypeOf<keyof typeof optionTable | DeprecatedOption>().toEqualTypeOf<keyof LaplasOptions>();
    expect(optionNames.length).toBe(rows.length + 2);
    expect(new Set(optionNames).size).toBe(optionNames.length);
  });

  it("is the list that a wrong name is answered with", () => {
    const wrong = { none: 1 } as LaplasOptions;
    expect(() => createLaplas(wrong)).toThrow(`There is no option "none". Options are ${optionNames.join(", ")}.`);
  });

  it("has the defaults of what is left out", () => {
    const resolved = resolveOptions({ apiKey: "key", environment: {} }) as unknown as Record<string, unknown>;
    for (const [name, row] of rows) {
      if (row.default !== undefined) expect([name, resolved[name]]).toEqual([name, row.default]);
      if (typeof row.is === "object") expect([name, resolved[name]]).toEqual([name, Object.keys(row.is ?? {})[0]]);
    }
    expect(resolved.maxQueue).toBe(Number.POSITIVE_INFINITY);
  });

  it("takes every value that it has, and refuses all others with the list of them", () => {
    for (const [name, { is }] of rows) {
      if (typeof is !== "object" || is === null) continue;
      const values = Object.keys(is);
      const read = (value: unknown) => resolveOptions({ apiKey: "key", environment: {}, [name]: value });
      for (const value of values) expect(read(value)).toHaveProperty(name, value);
      for (const value of ["", "toString", values[0]?.toUpperCase(), 5, null]) {
        expect(() => read(value)).toThrow(`but must be ${values.join(" or ")}.`);
      }
    }
  });

  it("reads variables of this package alone", () => {
    const variables = rows.flatMap(([, { variable }]) => variable ?? []);
    expect(variables).toEqual([
      "LAPLAS_API_KEY",
      "LAPLAS_BASE_URL",
      "LAPLAS_TIER",
      "LAPLAS_LEDGER",
      "LAPLAS_CONTINUE_AT_CAP",
    ]);
  });
});
