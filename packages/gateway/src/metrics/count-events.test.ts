import { createLaplas, type LaplasEvent } from "@laplas/core";
import { expect, it, onTestFinished } from "vitest";
import { parseMetrics } from "../testing/parse-metrics.js";
import { countEvent } from "./count-events.js";
import { createInstruments } from "./instruments.js";
import { createModelLabel } from "./model-label.js";

type CallEvent = Extract<LaplasEvent, { type: "call" }>;

const call: CallEvent = {
  type: "call",
  at: new Date(0),
  requestId: "1",
  endpoint: "chat",
  provider: "laplas",
  model: "gpt-4o-mini",
  streamed: false,
  outcome: "answered",
  estimated: false,
  adjusted: [],
  waitedMs: 250,
  durationMs: 1_000,
  apiTokens: 16,
};

function open() {
  const laplas = createLaplas({ apiKey: "key", ledger: "memory", environment: {} });
  onTestFinished(() => laplas.close());
  const instruments = createInstruments();
  const label = createModelLabel(laplas);
  const count = (more: Partial<CallEvent>, client?: string) =>
    countEvent(instruments, label, { ...call, ...more } as CallEvent, client);
  const series = async () =>
    parseMetrics(await instruments.registry.metrics()).get("laplas_calls_total")?.samples ?? [];
  return { count, series, instruments, label, laplas };
}

it("10,000 names that clients made up are one series", async () => {
  const { count, series } = open();
  for (let number = 0; number < 10_000; number += 1)
    count({ model: `made-up-${number}`, outcome: "refused", code: "model_not_on_tier", apiTokens: 0 });
  expect((await series()).map(({ labels, value }) => [labels.model, value])).toEqual([["other", 10_000]]);
});

it("an alias, and a label in any spelling, count as their model", async () => {
  const { count, series, laplas } = open();
  const [model] = (await laplas.models()).filter(({ aliases }) => aliases.length > 0);
  const { id = "", label = "", aliases = [] } = model ?? {};
  for (const name of [id, ...aliases, label, label.toUpperCase(), label.toLowerCase()]) count({ model: name });
  expect((await series()).map(({ labels, value }) => [labels.model, value])).toEqual([[id, aliases.length + 4]]);
});

it("waits are told in seconds", async () => {
  const { count, instruments } = open();
  count({});
  const { samples = [] } = parseMetrics(await instruments.registry.metrics()).get("laplas_wait_seconds") ?? {};
  expect(samples.find(({ name }) => name === "laplas_wait_seconds_sum")?.value).toBe(0.25);
});

it("a cost in a provider's own unit is counted as credits, and one in model tokens only as those", async () => {
  const { count, instruments } = open();
  const { apiTokens: _, ...rest } = call;
  count({ ...rest, apiTokens: undefined as never, credits: 3 });
  count({ ...rest, apiTokens: undefined as never, tokens: 9, inputTokens: 4, outputTokens: 5 });
  const families = parseMetrics(await instruments.registry.metrics());
  expect(families.get("laplas_credits_total")?.samples.map(({ value }) => value)).toEqual([3]);
  expect(families.get("laplas_api_tokens_total")?.samples).toEqual([]);
  expect(families.get("laplas_model_tokens_total")?.samples.map(({ value }) => value)).toEqual([4, 5]);
});

it("other events count nothing", async () => {
  const { series, instruments, label } = open();
  countEvent(instruments, label, { type: "warning", at: new Date(0), message: "any" }, undefined);
  expect(await series()).toEqual([]);
});
