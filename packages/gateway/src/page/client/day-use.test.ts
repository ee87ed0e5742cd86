import { expect, it } from "vitest";
import type { HourOfUse } from "../../recent/hourly-use.js";
import { dayUse, OTHERS, usedElsewhere } from "./day-use.js";

const RESETS_AT = Date.parse("2026-03-11T00:00:02.000Z");

function hour(from: string, models: Readonly<Record<string, number>>, unnamed = 0): HourOfUse {
  const named = Object.entries(models).map(([model, cost]) => ({ model, api_tokens: cost, calls: 1 }));
  const sum = named.reduce((total, { api_tokens: cost }) => total + cost, unnamed);
  return { from, api_tokens: sum, calls: named.length + (unnamed > 0 ? 1 : 0), models: named };
}

const HOURS = [
  hour("2026-03-09T23:00:00.000Z", { yesterday: 900 }),
  hour("2026-03-10T00:00:00.000Z", { small: 7 }),
  hour("2026-03-10T23:00:00.000Z", { small: 1, large: 50 }),
];

it("ends with the reset, and puts the models that used most first", () => {
  const { columns, series } = dayUse(HOURS, RESETS_AT - 5, RESETS_AT);
  expect(columns).toHaveLength(24);
  expect(series).toEqual(["large", "small"]);
  expect(columns[0]).toEqual({
    from: Date.parse("2026-03-10T00:00:00.000Z"),
    cost: 7,
    calls: 1,
    parts: [
      { cost: 0, calls: 0 },
      { cost: 7, calls: 1 },
    ],
  });
  expect(columns[23]).toMatchObject({ cost: 51, calls: 2, parts: [{ cost: 50 }, { cost: 1 }] });
});

it("ends with the present where no day is counted", () => {
  const { columns } = dayUse(HOURS, Date.parse("2026-03-10T23:30:00.000Z"), undefined);
  expect(columns[23]?.from).toBe(Date.parse("2026-03-10T23:00:00.000Z"));
});

it("sums up the models that no colour is left for, and those that the gateway did not name", () => {
  const many = { a: 9, b: 8, c: 7, d: 6, e: 5, f: 4 };
  const { columns, series } = dayUse([hour("2026-03-10T05:00:00.000Z", many, 3)], RESETS_AT - 5, RESETS_AT);
  expect(series).toEqual(["a", "b", "c", "d", OTHERS]);
  expect(columns[5]?.parts.map(({ cost }) => cost)).toEqual([9, 8, 7, 6, 5 + 4 + 3]);
});

it("counts calls where costs have no sum, and names no model that used nothing", () => {
  const { columns, series } = dayUse(HOURS, RESETS_AT - 5, RESETS_AT, "calls");
  expect(columns[23]).toMatchObject({ cost: 2, parts: [{ cost: 1 }, { cost: 1 }] });
  expect(series).toEqual(["small", "large"]);
  expect(dayUse([hour("2026-03-10T05:00:00.000Z", { free: 0 })], RESETS_AT - 5, RESETS_AT).series).toEqual([]);
});

it("knows what was used elsewhere", () => {
  const use = dayUse(HOURS, RESETS_AT - 5, RESETS_AT);
  expect(usedElsewhere(use, 60.4)).toBe(2);
  expect(usedElsewhere(use, 3)).toBe(0);
});
