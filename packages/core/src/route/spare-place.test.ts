import { describe, expect, it, onTestFinished } from "vitest";
import { createContext } from "../create-context.js";
import { createMemoryStore } from "../ledger/memory/memory-store.js";
import { resolveEngineOptions } from "../options.js";
import { readStatus } from "../status.js";
import { rejection } from "../testing/engine.js";
import { answerOf, createTestPool, documentOf, errorOf, ruleOf, type TestPool, windowOf } from "../testing/pool.js";
import { createCandidate } from "./candidate.js";
import { createSparePlace } from "./spare-place.js";

const busy = (id: string) =>
  documentOf(id, [windowOf(100), ruleOf({ id: "one_at_once", kind: "concurrency", limit: 1 })]);
const hello = { model: "auto", messages: [{ role: "user", content: "Hello" }] } as const;

/** A silent target's call has asked the ledger for a place elsewhere, and the ledger takes its time. */
function setup(answer: () => Response): {
  readonly pool: TestPool;
  readonly held: Promise<void>;
  readonly speak: () => void;
  readonly answerLedger: () => void;
} {
  const held = Promise.withResolvers<void>();
  const speaking = Promise.withResolvers<void>();
  const ledger = Promise.withResolvers<void>();
  const store = createMemoryStore({ now: Date.now });
  let asked = 0;
  const slow: typeof store = {
    ...store,
    async reserve(...command) {
      const found = await store.reserve(...command);
      asked += 1;
      if (asked !== 2) return found;
      held.resolve();
      await ledger.promise;
      return found;
    },
  };
  const pool = createTestPool(
    [busy("one"), busy("two")],
    async ({ provider }) => {
      if (provider === "two") return answerOf("from two");
      await speaking.promise;
      return answer();
    },
    { ledger: slow, timeoutMs: 400 },
  );
  return { pool, held: held.promise, speak: speaking.resolve, answerLedger: ledger.resolve };
}

/** One other target, which admits the call. */
function setupOther() {
  const { all } = resolveEngineOptions({ providers: [{ document: busy("one") }], ledger: "memory", environment: {} });
  const context = createContext(all[0]);
  onTestFinished(() => context.close());
  const target = { name: "one/one-model", context, model: "one-model" };
  const other = createCandidate(target, { endpoint: "chat", bodies: [hello], options: {} });
  return { spare: createSparePlace([other]), running: async () => (await readStatus(context)).running };
}

const running = async ({ engine }: TestPool): Promise<number[]> =>
  (await engine.statuses()).map((status) => status.running);

describe("a spare place", () => {
  it("is one, however often it is looked for, and given back as it was taken", async () => {
    const { spare, running } = setupOther();
    expect(await Promise.all([spare.look(), spare.look()])).toEqual([true, true]);
    expect([await spare.look(), await running()]).toEqual([true, 1]);
    spare.giveBack();
    await expect.poll(running).toBe(0);
  });

  it("is none for a call that is over: what its caller has left is read on for a while", async () => {
    const { spare, running } = setupOther();
    spare.giveBack();
    expect([await spare.look(), await spare.take(), await running()]).toEqual([false, undefined, 0]);
  });
});

describe("a place that is being taken elsewhere for a silent target", () => {
  it("is given back where the target answers meanwhile", async () => {
    const { pool, held, speak, answerLedger } = setup(() => answerOf("from one"));
    const call = pool.engine.chat(hello);
    await held;
    speak();
    expect((await call).laplas).toMatchObject({ provider: "one", attempts: 1 });
    expect(await running(pool)).toEqual([0, 1]);
    answerLedger();
    await expect.poll(() => running(pool)).toEqual([0, 0]);
  });

  it("is what the call goes on with where the target fails meanwhile", async () => {
    const { pool, held, speak, answerLedger } = setup(() => errorOf(400, "no"));
    const call = pool.engine.chat(hello);
    await held;
    speak();
    answerLedger();
    expect((await call).laplas).toMatchObject({ provider: "two", attempts: 2, waitedMs: 0 });
    expect(await running(pool)).toEqual([0, 0]);
  });

  it("is given back where the caller goes meanwhile", async () => {
    const { pool, held, answerLedger, speak } = setup(() => answerOf("from one"));
    const controller = new AbortController();
    const call = rejection(pool.engine.chat(hello, { signal: controller.signal }));
    await held;
    controller.abort("left");
    expect(await call).toBe("left");
    speak();
    answerLedger();
    await expect.poll(() => running(pool)).toEqual([0, 0]);
  });
});
