import { expect, it } from "vitest";
import { createHourlyUse } from "./hourly-use.js";

const unit = { name: "API tokens", field: "apiTokens" } as const;
const HOUR_MS = 3_600_000;
const START = Date.parse("2026-03-10T12:00:00.000Z");

it("adds up the calls of each hour, and of each model in it", () => {
  const hours = createHourlyUse(unit);
  for (const [ms, model, apiTokens] of [
    [0, "large", 16],
    [HOUR_MS - 2, "small", 3],
    [HOUR_MS - 1, "large", 1],
    [HOUR_MS, "small", 7],
    [3 * HOUR_MS, "large", 1],
  ] as const) {
    hours.add(new Date(START + ms), model, apiTokens);
  }
  expect(hours.list()).toEqual([
    {
      from: "2026-03-10T12:00:00.000Z",
      api_tokens: 20,
      calls: 3,
      models: [
        { model: "large", api_tokens: 17, calls: 2 },
        { model: "small", api_tokens: 3, calls: 1 },
      ],
    },
    {
      from: "2026-03-10T13:00:00.000Z",
      api_tokens: 7,
      calls: 1,
      models: [{ model: "small", api_tokens: 7, calls: 1 }],
    },
    {
      from: "2026-03-10T15:00:00.000Z",
      api_tokens: 1,
      calls: 1,
      models: [{ model: "large", api_tokens: 1, calls: 1 }],
    },
  ]);
});

it("keeps two days, and no hour twice for a clock that was set back", () => {
  const hours = createHourlyUse(unit);
  for (let hour = 0; hour < 100; hour += 1) hours.add(new Date(START + hour * HOUR_MS), "m", hour);
  hours.add(new Date(START), "m", 1_000);
  expect(hours.list()).toHaveLength(48);
  expect(hours.list().at(-1)).toMatchObject({ api_tokens: 1_099, calls: 2 });
});

it("counts all models, and names a dozen of an hour", () => {
  const hours = createHourlyUse(unit);
  for (let index = 0; index < 500; index += 1) hours.add(new Date(START), `model-${index}`, 1);
  hours.add(new Date(START), "model-3", 1);
  const [hour] = hours.list();
  expect(hour).toMatchObject({ api_tokens: 501, calls: 501 });
  expect(hour?.models).toHaveLength(12);
  expect(hour?.models[3]).toEqual({ model: "model-3", api_tokens: 2, calls: 2 });
});

it("keeps no more of a name than a name is long", () => {
  const hours = createHourlyUse(unit);
  hours.add(new Date(START), "x".repeat(1_000_000), 1);
  expect(hours.list()[0]?.models).toEqual([{ model: "x".repeat(100), api_tokens: 1, calls: 1 }]);
});

it("names the cost as the provider counts", () => {
  const [neurons, tokens] = (["credits", "tokens"] as const).map((field) => createHourlyUse({ name: field, field }));
  for (const hours of [neurons, tokens]) hours?.add(new Date(START), "m", 5);
  const from = "2026-03-10T12:00:00.000Z";
  expect(neurons?.list()).toEqual([{ from, credits: 5, calls: 1, models: [{ model: "m", credits: 5, calls: 1 }] }]);
  expect(tokens?.list()).toEqual([{ from, tokens: 5, calls: 1, models: [{ model: "m", tokens: 5, calls: 1 }] }]);
});
