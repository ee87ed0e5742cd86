import { describe, expect, it, onTestFinished } from "vitest";
import { admitted, command, DAY_MS, NOON, temporaryFile } from "../../testing/ledger.js";
import type { LedgerStore } from "../ledger-store.js";
import { createSqliteStore } from "./sqlite-store.js";

const LEASE_MS = 30_000;
const HOUR_MS = 3_600_000;

/** Two engines of one machine, whose clock and uptime the test moves. */
async function setup() {
  const path = temporaryFile();
  const clock = { at: NOON, uptime: 5 * HOUR_MS };
  const open = async (): Promise<LedgerStore> => {
    const [now, uptime] = [() => clock.at, () => clock.uptime];
    const store = await createSqliteStore({ path, synchronous: "normal", now, uptime, warn: () => {} });
    onTestFinished(() => store.close());
    return store;
  };
  return { clock, one: await open(), other: await open() };
}

describe("the sign of an engine that runs", () => {
  it("is not taken for old because the clock jumps ahead", async () => {
    const { clock, one, other } = await setup();
    const running = command();
    const { fence } = await admitted(one, running);
    clock.at += HOUR_MS;
    clock.uptime += 2_000;
    const waiting = command();
    expect(await other.reserve(waiting)).toMatchObject({ outcome: "queued" });
    expect(await one.heartbeat("account", [{ id: running.id, fence }], LEASE_MS)).toEqual([]);
    clock.uptime += 5_000;
    expect(await other.reserve(waiting)).toMatchObject({ outcome: "queued" });
  });

  it("is old when it was given a lease ago by clock and uptime", async () => {
    const { clock, one, other } = await setup();
    await admitted(one, command());
    clock.at += HOUR_MS;
    clock.uptime += LEASE_MS - 1;
    const waiting = command();
    expect(await other.reserve(waiting)).toMatchObject({ outcome: "queued" });
    clock.uptime += 1;
    expect(await other.reserve(waiting)).toMatchObject({ outcome: "admitted" });
  });

  it("is believed no longer than a lease once the engine gives the next, after a clock that was ahead", async () => {
    const { clock, one, other } = await setup();
    clock.at += 20 * DAY_MS;
    await admitted(one, command());
    clock.at = NOON;
    expect(await one.reserve(command())).toMatchObject({ outcome: "queued" });
    clock.at += LEASE_MS + 10_000;
    clock.uptime += LEASE_MS + 10_000;
    expect(await other.reserve(command())).toMatchObject({ outcome: "admitted" });
  });

  it("is believed no longer than a lease where the clock was ahead when it was given", async () => {
    const { clock, one, other } = await setup();
    clock.at += 20 * DAY_MS;
    await admitted(one, command());
    clock.at = NOON;
    const waiting = command();
    expect(await other.reserve(waiting)).toMatchObject({ outcome: "queued" });
    clock.at += LEASE_MS - 1;
    clock.uptime += LEASE_MS - 1;
    expect(await other.reserve(waiting)).toMatchObject({ outcome: "queued" });
    clock.at += 10_001;
    clock.uptime += 10_001;
    await other.reserve(waiting);
    clock.at += 10_000;
    expect(await other.reserve(waiting)).toMatchObject({ outcome: "admitted" });
  });
});
