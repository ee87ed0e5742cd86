import { longText } from "@laplas/sandbox";
import { expect, it } from "vitest";
import { openShell } from "../testing/open-shell.js";

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
