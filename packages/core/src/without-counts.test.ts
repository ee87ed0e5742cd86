import { renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { LedgerError } from "./errors/setup-errors.js";
import { createMemoryStore } from "./ledger/memory/memory-store.js";
import { ask, createPair, createTestEngine, rejection } from "./testing/engine.js";
import { temporaryFile } from "./testing/ledger.js";

/** A ledger below a file, until that is taken away. */
async function openBroken() {
  const obstacle = join(dirname(temporaryFile()), "obstacle");
  writeFileSync(obstacle, "");
  const pair = await createPair({ ledger: `sqlite:${join(obstacle, "ledger.sqlite")}` });
  return { ...pair, mend: () => rmSync(obstacle) };
}

const WAY_OUT = /nothing was sent uncounted.*LAPLAS_LEDGER=sqlite:\/tmp\/.*LAPLAS_LEDGER=memory/;

describe("an engine whose ledger can't be opened", () => {
  it("sends nothing, and sends with the call after it was mended", async () => {
    const { laplas, sandbox, mend } = await openBroken();
    for (const call of [() => laplas.chat(ask("Hello")), () => laplas.status()]) {
      const error = await rejection(call());
      expect(error).toMatchObject({ code: "ledger", retryable: false, message: expect.stringMatching(WAY_OUT) });
    }
    expect(sandbox.counts().received).toBe(0);
    mend();
    await laplas.chat(ask("Hello"));
    expect(await laplas.status()).toMatchObject({ ledger: "sqlite", windows: [{ used: 16 }] });
  });

  it("is checked: such a call would be refused, changed like this, and cost about so much", async () => {
    const { laplas, mend } = await openBroken();
    const request = ask("Hello", { max_tokens: 900 });
    const broken = await laplas.check(request);
    expect(broken).toMatchObject({
      verdict: "refuse",
      error: { code: "ledger", retryable: false, message: expect.stringMatching(WAY_OUT) },
    });
    mend();
    const { model, adjusted, cost } = await laplas.check(request);
    expect(broken).toMatchObject({ model, adjusted, cost });
  });

  it("is checked for what no ledger could allow, and for images, whose price the ledger may know", async () => {
    const { laplas } = await openBroken();
    expect((await laplas.check(ask("Hello", { model: "gpt-99" }))).error?.code).toBe("model_not_on_tier");
    expect(await laplas.check({ model: "flux/schnell", prompt: "a boat" })).toMatchObject({
      model: "flux/schnell",
      cost: { expected: 512 },
      error: { code: "ledger" },
    });
  });

  it("lists its models without the calls left of each, with a warning", async () => {
    const { laplas, events, mend } = await openBroken();
    const models = await laplas.models({ search: "gpt-4o-mini" });
    expect(models.map(({ id, costPerCall }) => [id, costPerCall])).toContainEqual(["gpt-4o-mini", 16]);
    for (const model of models) expect(model).not.toHaveProperty("callsLeft");
    expect(events).toEqual([expect.objectContaining({ type: "warning", message: expect.stringMatching(WAY_OUT) })]);
    mend();
    expect((await laplas.models({ search: "gpt-4o-mini" }))[0]?.callsLeft).toBe(3_125);
  });

  it("takes nothing of that for what the ledger says once it can be read again", async () => {
    const home = join(dirname(temporaryFile()), "home");
    const ledger = `sqlite:${join(home, "ledger.sqlite")}` as const;
    const { laplas: before, sandbox } = await createPair({ ledger });
    const { laplas: report } = await before.chat(ask("word ".repeat(500)));
    await before.close();
    renameSync(home, `${home}-away`);
    writeFileSync(home, "");
    const { laplas } = createTestEngine(sandbox.baseURL, { ledger });
    const cost = async () => (await laplas.models({ search: "gpt-4o-mini-2024" }))[0];
    expect(await cost()).toMatchObject({ costPerCall: 16, costBasis: "published" });
    rmSync(home);
    renameSync(`${home}-away`, home);
    const prompt = 2_500 / 4 + 4;
    const answer = (report.apiTokens ?? Number.NaN) - prompt * 0.315;
    expect(await cost()).toMatchObject({ costPerCall: Math.ceil(8 * 0.315 + answer), costBasis: "settled" });
  });

  it("plans what a job needs, and does not say that it fits", async () => {
    const { laplas, mend } = await openBroken();
    const job = [{ request: ask("Hello"), count: 3 }, { request: ask("Hello", { model: "gpt-99" }) }];
    const large = [{ request: ask("Hello", { model: "gpt-4" }), count: 100 }];
    const [plan, largePlan] = [await laplas.plan(job), await laplas.plan(large)];
    const problem = expect.stringMatching(WAY_OUT);
    mend();
    expect(plan).toEqual({ ...(await laplas.plan(job)), fitsToday: false, problem });
    const takesMs = expect.any(Number);
    expect(largePlan).toEqual({ ...(await laplas.plan(large)), fitsToday: false, fitting: [], takesMs, problem });
    expect(await laplas.plan(job)).toMatchObject({ calls: 3, days: 1, fitsToday: true });
  });
});

it("a store that fails later is told in the same way, but not what is no failure of a ledger", async () => {
  let failure: Error = new LedgerError("the disk is gone");
  const fail = () => Promise.reject(failure);
  const store = { ...createMemoryStore({ now: Date.now }), peek: fail, view: fail, recentCosts: fail };
  const { laplas } = await createPair({ ledger: store });
  expect((await laplas.check(ask("Hello"))).error?.message).toBe("the disk is gone");
  const plan = await laplas.plan([{ request: ask("Hello") }]);
  expect(plan).toMatchObject({ problem: "the disk is gone", calls: 1, refused: [] });
  expect((await laplas.models({ search: "gpt-4o-mini" }))[0]).not.toHaveProperty("callsLeft");
  failure = new RangeError("a defect");
  for (const question of [laplas.check(ask("Hello")), laplas.models(), laplas.plan([{ request: ask("Hello") }])]) {
    expect(await rejection(question)).toBe(failure);
  }
});
