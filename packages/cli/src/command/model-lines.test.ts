import type { Laplas, ModelStatus } from "@laplas/core";
import { expect, it } from "vitest";
import { plain } from "../testing/plain.js";
import { modelTable } from "./model-lines.js";

const evidence = { source: "a test", date: "2026-01-01", status: "assumed" };
const perMinute = { id: "rpm", kind: "window", meter: "requests", limit: 30, period: { type: "minute" }, evidence };
const perDay = { ...perMinute, id: "rpd", period: { type: "day", resetHour: 0, zone: "UTC" } };
const rolling = { ...perMinute, id: "an_hour", period: { type: "rolling", spanMs: 3_600_000 } };
const one = {
  id: "one",
  title: "One",
  tier: { unit: { name: "tokens", field: "tokens" }, rules: [perMinute, perDay, rolling] },
} as never as Laplas["provider"];
const lone = { providers: [one], provider: one };

it("what costs nothing has no limit, a fraction is not nothing", () => {
  const model = (more: Partial<ModelStatus>): ModelStatus =>
    ({ id: "m", modality: "chat", vendor: "V", ...more }) as ModelStatus;
  const lines = modelTable(
    lone,
    [
      model({ costPerCall: 0, callsLeft: Number.POSITIVE_INFINITY }),
      model({ costPerCall: 0.25, worstCostPerCall: 12, callsLeft: 0 }),
      model({ costPerCall: 16, worstCostPerCall: 16 }),
    ],
    Number.POSITIVE_INFINITY,
  );
  expect(plain(lines).replace(/ +/g, " ").split("\n").slice(1)).toEqual([
    "m chat no limit 0 V",
    "m chat 0 0.3 12 V",
    "m chat not known 16 V",
  ]);
  const narrow = modelTable(lone, [model({ id: "a-long-name-of-a-model", costPerCall: 1, callsLeft: 9 })], 46);
  expect(plain(narrow).split("\n")).toEqual([
    "MODEL                   CALLS LEFT  PER CALL",
    "a-long-name-of-a-model           9         1",
  ]);
});

it("says of calls that are back within the hour that they are, and in which unit each provider counts", () => {
  const model = (callsBoundBy: string, more: object = {}): ModelStatus =>
    ({
      id: "m",
      provider: "one",
      modality: "chat",
      vendor: "V",
      costPerCall: 16,
      callsLeft: 9,
      callsBoundBy,
      ...more,
    }) as never;
  const two = { ...one, id: "two", tier: { ...one.tier, unit: { name: "neurons", field: "credits" } } } as never;
  const models = [model("rpm"), model("rpd"), model("an_hour"), model("rpm", { provider: "two", costPerCall: 0.2 })];
  const lines = plain(modelTable({ providers: [one, two], provider: one }, models, 200));
  expect(lines.replace(/ +/g, " ").split("\n").slice(1)).toEqual([
    "m chat 9 this minute 16 tokens V",
    "m chat 9 16 tokens V",
    "m chat 9 this hour 16 tokens V",
    "m chat 9 this minute 1 neuron V",
  ]);
});
