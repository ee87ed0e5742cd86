import { describe, expect, it } from "vitest";
import { ask, createPair, rejection } from "../testing/engine.js";
import { DAY_MS, NOON, temporaryFile } from "../testing/ledger.js";
import { windowRule } from "../testing/tier.js";
import { createMemoryStore } from "./memory/memory-store.js";
import type { LedgerOption } from "./open-ledger.js";

const HOUR_MS = 3_600_000;
/** What "Hello" costs, and a day of three such calls. */
const COST = 16;
const LIMIT = 3 * COST;
const tier = { name: "own", title: "Own", rules: [windowRule({ limit: LIMIT, marginMs: 0 })] };
const QUOTA = { kind: "respond", status: 403, body: { message: "You've run out of credits." } } as const;

const LEDGERS: Readonly<Record<string, (now: () => number) => LedgerOption>> = {
  memory: (now) => createMemoryStore({ now }),
  sqlite: () => `sqlite:${temporaryFile()}`,
};

/** An engine whose clock the test moves, and its warnings. */
async function setup(ledgerOf: (now: () => number) => LedgerOption) {
  const clock = { at: NOON };
  const now = () => clock.at;
  const pair = await createPair({ now, ledger: ledgerOf(now), patienceMs: 0, tier });
  const warnings = () => pair.events.flatMap((event) => (event.type === "warning" ? [event.message] : []));
  return { ...pair, clock, warnings };
}

describe.each(Object.entries(LEDGERS))("an account in %s whose clock was wrong once", (_, ledgerOf) => {
  it("by 30 days when the server said that its quota was exceeded, is free again, with one call that tries", async () => {
    const { laplas, sandbox, clock } = await setup(ledgerOf);
    clock.at += 30 * DAY_MS;
    sandbox.fault(QUOTA);
    expect(await rejection(laplas.chat(ask("Hello")))).toMatchObject({ code: "daily_quota" });
    expect(await rejection(laplas.chat(ask("Hello")))).toMatchObject({ code: "daily_quota" });
    expect(sandbox.counts().received).toBe(1);

    clock.at = NOON;
    expect((await laplas.status()).blockedUntil).toBeUndefined();
    // It tries whether the block is over; it is not, and counts from then on as any other does.
    sandbox.fault(QUOTA);
    expect(await rejection(laplas.chat(ask("Hello")))).toMatchObject({ code: "daily_quota" });
    expect(await rejection(laplas.chat(ask("Hello")))).toMatchObject({ code: "daily_quota" });
    expect(sandbox.counts().received).toBe(2);
    const until = (await laplas.status()).blockedUntil?.getTime() ?? 0;
    expect(until).toBeGreaterThan(NOON);
    expect(until).toBeLessThanOrEqual(NOON + DAY_MS);

    clock.at = until;
    await laplas.chat(ask("Hello"));
    await laplas.chat(ask("Hello"));
    expect(sandbox.counts()).toMatchObject({ received: 4, answered: 2 });
  });

  it("by 20 days for as long as it took to use up a day, may use each day, and says so once", async () => {
    const { laplas, sandbox, clock, warnings } = await setup(ledgerOf);
    clock.at += 20 * DAY_MS;
    for (let call = 0; call < LIMIT / COST; call += 1) await laplas.chat(ask("Hello"));
    expect(await rejection(laplas.chat(ask("Hello")))).toMatchObject({ code: "daily_quota" });

    clock.at = NOON;
    sandbox.reset();
    for (let day = 0; day < 3; day += 1) {
      expect((await laplas.status()).windows[0]?.used).toBe(0);
      await laplas.chat(ask("Hello"));
      clock.at += DAY_MS;
    }
    expect(sandbox.counts()).toMatchObject({ received: 3, answered: 3 });
    expect(warnings()).toEqual([expect.stringMatching(/more than a day ahead: a clock was wrong/)]);
    expect(await laplas.misdated()).toMatchObject({ calls: LIMIT / COST, latest: NOON + 20 * DAY_MS, blocks: 0 });

    await laplas.redate();
    expect(await rejection(laplas.chat(ask("Hello")))).toMatchObject({ code: "daily_quota" });
    expect(await laplas.misdated()).toEqual({ calls: 0, blocks: 0 });
  });

  it("by hours counts all that was used meanwhile", async () => {
    const { laplas, clock, warnings } = await setup(ledgerOf);
    clock.at += 10 * HOUR_MS;
    await laplas.chat(ask("Hello"));
    clock.at = NOON;
    expect((await laplas.status()).windows[0]?.used).toBe(COST);
    expect(warnings()).toEqual([]);
  });
});
