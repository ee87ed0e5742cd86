import { describe, expect, it, test } from "vitest";
import type { LaplasOptions } from "../options.js";
import { blockUntil, createTestContext, NOON, start, useOf } from "../testing/call.js";
import { ask } from "../testing/engine.js";
import { evidence, windowRule } from "../testing/tier.js";
import type { Rule } from "../tier/tier.js";
import { modelScope, WHOLE_ACCOUNT } from "./account.js";

const own = (...rules: Rule[]): LaplasOptions => ({ tier: { name: "own", title: "Own", rules } });
const concurrency = (id: string, limit: number): Rule => ({ id, kind: "concurrency", limit, evidence });
const call = (model = "gpt-4o-mini") => ({ model, estimate: { expected: useOf(20), worst: useOf(300) } });
const cost = (apiTokens: number) => {
  return { use: useOf(apiTokens), estimated: false, lingerMs: 0, outcome: "answered" } as const;
};

describe("the command for a call", () => {
  it("has its buckets, claims, slot and scopes, and an id of its own", async () => {
    const { account } = createTestContext({
      ...own(windowRule(), windowRule({ id: "requests", meter: "requests" }), concurrency("single", 1)),
      patienceMs: 7_000,
    }).context;
    const { command, windows, hold } = await account.commandFor(call());
    expect(command).toMatchObject({
      account: (await account.open()).name,
      label: "gpt-4o-mini",
      buckets: [
        { name: "credits", hold: 20 },
        { name: "requests", hold: 1 },
      ],
      claims: [
        { rule: "daily", mustFit: false },
        { rule: "requests", mustFit: true },
      ],
      slots: [{ name: WHOLE_ACCOUNT, limit: 1 }],
      scopes: [WHOLE_ACCOUNT, "model:gpt-4o-mini"],
      patienceMs: 7_000,
      leaseMs: 30_000,
    });
    expect(windows.map(({ id }) => id)).toEqual(["daily", "requests"]);
    expect(hold).toEqual({ usual: useOf(20), worst: useOf(300), estimated: useOf(300) });
    expect((await account.commandFor(call())).command.id).not.toBe(command.id);
  });

  it("by the worst case holds that, and must fit", async () => {
    const { account } = createTestContext({ ...own(windowRule()), admission: "worst-case" }).context;
    expect(await account.commandFor(call())).toMatchObject({
      hold: { usual: useOf(300) },
      command: { buckets: [{ hold: 300 }], claims: [{ mustFit: true }] },
    });
  });

  it("holds what calls of its model have cost, once there were some", async () => {
    const { context } = createTestContext();
    for (const apiTokens of [10, 31]) {
      const { reservation } = await start(context, ask("Hello"));
      await reservation.settle(cost(apiTokens));
    }
    expect(await context.account.expectedCost("gpt-4o-mini")).toBe(21);
    expect((await context.account.commandFor(call())).hold.usual).toEqual(useOf(21));
    expect((await context.account.commandFor(call("gpt-4"))).hold.usual).toEqual(useOf(20));
  });

  test.each<[string, Rule[], object[]]>([
    ["no slot where the tier has no rule", [], []],
    ["the slot of the strictest rule", [concurrency("a", 3), concurrency("b", 2), concurrency("c", 4)], [{ limit: 2 }]],
  ])("has %s", async (_, rules, slots) => {
    const { account } = createTestContext(own(...rules)).context;
    expect((await account.commandFor(call())).command.slots).toMatchObject(slots);
  });
});

describe("a peek", () => {
  it("answers as a reservation would, and leaves nothing behind", async () => {
    const { context } = createTestContext(own(windowRule(), concurrency("single", 1)));
    const { account } = context;
    expect(await account.peek(call())).toMatchObject({ answer: { outcome: "admitted" }, hold: { usual: useOf(20) } });
    const { reservation } = await start(context, ask("Hello"));
    expect(await account.peek(call())).toMatchObject({ answer: { outcome: "queued", position: 0 } });
    await reservation.settle(cost(1_000));
    expect(await account.peek(call())).toMatchObject({ answer: { outcome: "denied", rule: "daily" } });
    expect(await account.look([])).toMatchObject({ running: 0, waiting: 0 });
  });
});

describe("a look at the tier", () => {
  it("has the windows that count models together, all of them or those of a pool", async () => {
    const { account } = createTestContext(
      own(
        windowRule({ id: "all" }),
        windowRule({ id: "pool", scope: "pool", models: ["gpt-*"] }),
        windowRule({ id: "each", scope: "model" }),
      ),
    ).context;
    const { windows } = await account.lookAtTier();
    expect(windows.map(({ rule }) => rule.id)).toEqual(["all", "pool"]);
  });

  it("has windows that begin at the hour that was learned", async () => {
    const { account } = createTestContext(own(windowRule())).context;
    const { store, name } = await account.open();
    await store.teach(name, [{ kind: "value", key: "reset_hour", value: 5 }]);
    const { windows } = await account.lookAtTier();
    expect(windows[0]?.resetsAt).toBe(Date.parse("2026-03-11T05:00:02.000Z"));
  });
});

describe("what an account tells", () => {
  it("are its live calls, by the model's primary id", async () => {
    const { context } = createTestContext();
    await start(context, { ...ask("Hello"), model: "gpt-4o-mini-2024-07-18" });
    expect(await context.account.liveCalls(5)).toEqual([{ label: "gpt-4o-mini", state: "running", since: NOON }]);
    expect(await context.account.liveCalls(0)).toEqual([]);
  });

  it("are its blocks", async () => {
    const { account } = createTestContext().context;
    const { store, name } = await account.open();
    await store.teach(name, [{ kind: "block", ...blockUntil(NOON + 1) }]);
    expect((await account.look([])).blocks).toEqual([blockUntil(NOON + 1)]);
  });
});

it("scopes of models are one line each", () => {
  expect(modelScope("a\nb")).toBe("model:a b");
});
