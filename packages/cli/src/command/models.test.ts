import type { Laplas, ModelStatus } from "@laplas/core";
import { longText } from "@laplas/sandbox";
import { expect, it } from "vitest";
import { openShell } from "../testing/open-shell.js";
import { plain } from "../testing/plain.js";
import { modelTable } from "./models.js";

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

it("sorts, searches and filters, with the calls left", async () => {
  const shell = await openShell();
  const { data } = (await shell.json(["models", "--sort", "calls", "--modality", "chat"])) as {
    data: Record<string, unknown>[];
  };
  expect(data[0]).toMatchObject({
    object: "model",
    modality: "chat",
    cost_per_call: 0,
    calls_left: null,
    unlimited: true,
  });
  const counts = data.flatMap(({ calls_left: left }) => (typeof left === "number" ? [left] : []));
  expect(counts.length).toBeGreaterThan(50);
  expect(counts).toEqual(counts.toSorted((one, other) => other - one));
  const { stdout } = await shell.run(["models", "anthropic", "--tools"]);
  expect(stdout).toMatch(/^MODEL +KIND +CALLS LEFT +PER CALL +AT MOST +CONTEXT +VENDOR\nclaude-/);
  expect(stdout).not.toContain("gpt");
});

it("tells all of one, and what was perhaps meant", async () => {
  const shell = await openShell();
  expect((await shell.run(["models", "gpt-4o-mini"])).stdout).toMatch(
    /^gpt-4o-mini\n[\s\S]*Also +gpt-4o-mini-2024-07-18\n[\s\S]*Calls left +3,125\n +Per call +about 16 API tokens, at most [\d,]+: "Hello", a short one\n +published: [^\n]+\n[\s\S]*Documented +tools/,
  );
  expect(await shell.json(["models", "flux/dev"])).toMatchObject({
    data: expect.arrayContaining([
      expect.objectContaining({ id: "flux/dev", cost_per_call: 512, worst_cost_per_call: 512, cost_basis: "assumed" }),
    ]),
  });
  const wrong = await shell.run(["models", "gpt4o-mni"]);
  expect([wrong.code, wrong.stdout]).toEqual([1, ""]);
  expect(await shell.run(["models", "gpt4o-mni", "--json"])).toMatchObject({
    code: 1,
    stdout: '{"object":"list","data":[]}\n',
  });
  expect(wrong.stderr).toMatch(/Did you mean gpt-4o-mini/);
  expect((await shell.run(["models", "veo2"])).stderr).toMatch(/a model for video, which is not on this tier/);
});

it("says in a terminal, beside the list, what a call costs, and that there is no key", async () => {
  const run = (await openShell()).start(["models", "claude"], { columns: 100, environment: { LAPLAS_API_KEY: "" } });
  expect(await run.ended).toBe(0);
  expect(run.stderr().replace(/\s+/g, " ")).toMatch(
    /\d+ models\. A call is "Hello", a short one: what it costs, in API tokens, .* There is no key, so the calls left assume that nothing is used yet/,
  );
});

it("counts the models, and as the documentation does", async () => {
  const run = (await openShell()).start(["models"], { columns: 200 });
  expect(await run.ended).toBe(0);
  expect(run.stderr()).toMatch(/114 models; the documentation counts 103, with sizes or versions of a model as one\. /);
});

it("says how often a model went on with a cut answer as asked, where it ever was", async () => {
  const shell = await openShell();
  expect((await shell.run(["models", "gpt-4o-mini"])).stdout).not.toMatch(/Goes on|OBEYED/);
  shell.sandbox.write({ text: longText({ kind: "sentences", tokens: 900 }) });
  await shell.run(["chat", "Write", "--continue-at-cap", "8"]);
  expect((await shell.run(["models", "gpt-4o-mini"])).stdout).toMatch(
    /Goes on +as asked 1 of 1 time that its answer was cut/,
  );
  const { stdout } = await shell.run(["models", "gpt-4o"]);
  expect(stdout).toMatch(/OBEYED/);
  expect(stdout).toMatch(/^gpt-4o-mini .* 1\/1 /m);
  const { data } = (await shell.json(["models", "gpt-4o"])) as { data: { id: string; obeyed: unknown }[] };
  expect(data.map(({ obeyed }) => obeyed)).toContainEqual({ asked: 1, obeyed: 1 });
  expect(data.map(({ obeyed }) => obeyed)).toContain(null);
});
