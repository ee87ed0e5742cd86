import { expect, it } from "vitest";
import { createHourlyUse } from "./hourly-use.js";

const unit = { name: "API tokens", field: "apiTokens" } as const;
const HOUR_MS = 3_600_000;
const START = Date.parse("2026-03-10T12:00:00.000Z");

it("adds up the calls of each hour", () => {
  const hours = createHourlyUse(unit);
  for (const [ms, apiTokens] of [
    [0, 16],
    [HOUR_MS - 1, 4],
    [HOUR_MS, 7],
    [3 * HOUR_MS, 1],
  ] as const) {
    hours.add(new Date(START + ms), apiTokens);
  }
  expect(hours.list()).toEqual([
    { from: "2026-03-10T12:00:00.000Z", api_tokens: 20, calls: 2 },
    { from: "2026-03-10T13:00:00.000Z", api_tokens: 7, calls: 1 },
    { from: "2026-03-10T15:00:00.000Z", api_tokens: 1, calls: 1 },
  ]);
});

it("keeps two days, and no hour twice for a clock that was set back", () => {
  const hours = createHourlyUse(unit);
  for (let hour = 0; hour < 100; hour += 1) hours.add(new Date(START + hour * HOUR_MS), hour);
  hours.add(new Date(START), 1_000);
  expect(hours.list()).toHaveLength(48);
  expect(hours.list().at(-1)).toMatchObject({ api_tokens: 1_099, calls: 2 });
});

it("names the cost as the provider counts", () => {
  const [neurons, tokens] = (["credits", "tokens"] as const).map((field) => createHourlyUse({ name: field, field }));
  for (const hours of [neurons, tokens]) hours?.add(new Date(START), 5);
  const from = "2026-03-10T12:00:00.000Z";
  expect(neurons?.list()).toEqual([{ from, credits: 5, calls: 1 }]);
  expect(tokens?.list()).toEqual([{ from, tokens: 5, calls: 1 }]);
});
