import { readdirSync, renameSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";
import {
  admitted,
  claimsOf,
  command,
  daily,
  holds,
  NOON,
  openSqlite,
  settlement,
  spend,
  type TestClock,
  teachUse,
  temporaryFile,
} from "../../testing/ledger.js";
import type { LedgerStore } from "../ledger-store.js";

/** Counts whatever there is. */
const unlimited = { ...daily, limit: 1e9 };
const all = claimsOf([unlimited]);
const LEASE_MS = 30_000;

const remove =
  (...suffixes: string[]) =>
  (path: string) => {
    for (const suffix of suffixes) rmSync(path + suffix, { force: true });
  };

const removals: [string, (path: string) => void, RegExp][] = [
  ["is deleted", remove("", "-wal", "-shm"), /was deleted or moved while it was open/],
  ["is deleted with its lock", remove("", "-wal", "-shm", "-lock"), /was deleted or moved while it was open/],
  ["is deleted, its log is not", remove(""), /was deleted or moved while it was open/],
  ["is moved", (path) => renameSync(path, `${path}.moved`), /was deleted or moved while it was open/],
  [
    "is deleted with its directory",
    (path) => rmSync(dirname(path), { recursive: true }),
    /was deleted or moved while it was open/,
  ],
  ["loses its log", remove("-wal", "-shm"), /has lost its log and was moved to/],
];

describe("a file that goes away while it is open", () => {
  it("and calls wait: their tickets are given anew, those that stand ahead before the others", async () => {
    const path = temporaryFile();
    const store = await openSqlite(path, { at: NOON });
    const running = command({ windows: [] });
    const { fence } = await admitted(store, running);
    const plain = [command({ windows: [] }), command({ windows: [] })];
    const ahead = [1, 2].map(() => ({ ...command({ windows: [] }), ahead: true }));
    for (const call of [...plain, ...ahead]) await store.reserve(call);
    remove("", "-wal", "-shm")(path);
    for (const [position, call] of [...ahead, ...plain].entries())
      expect(await store.reserve(call)).toMatchObject({ outcome: "queued", position });
    await store.settle(running.id, fence, settlement(1));
    for (const call of plain) expect(await store.reserve(call)).toMatchObject({ outcome: "queued" });
    await admitted(store, ahead[0] ?? running);
  });

  it.each(removals)("and %s: the call that runs keeps its place, for all that come", async (_, takeAway, warning) => {
    const path = temporaryFile();
    const clock = { at: NOON };
    const warnings: string[] = [];
    const warn = (text: string): void => void warnings.push(text);
    const [one, other] = [await openSqlite(path, clock, warn), await openSqlite(path, clock, warn)];
    await spend(one, 400, { windows: [] });
    const running = command({ windows: [] });
    const { fence } = await admitted(one, running);
    const ended = command({ windows: [], concurrency: 2 });
    const { fence: endedFence } = await admitted(other, ended);
    await other.settle(ended.id, endedFence, settlement(1, { lingerMs: 5_000 }));
    takeAway(path);

    // The first to notice is not the one whose call it is.
    const [second, third] = [command({ windows: [] }), command({ windows: [] })];
    expect(await other.reserve(second)).toMatchObject({ outcome: "queued", position: 0 });
    const fresh = await openSqlite(path, clock);
    expect(await fresh.reserve(third)).toMatchObject({ outcome: "queued", position: 1 });
    // What was used is gone with the file; a request that was broken off may still run.
    const seen = { running: 2, waiting: 2, windows: [{ used: 1, held: 100 }] };
    for (const store of [one, other, fresh]) expect(await store.view("account", all)).toMatchObject(seen);
    expect(warnings).toEqual([
      expect.stringMatching(warning),
      expect.stringMatching(/was deleted or moved while it was open.*until the server refuses/),
    ]);

    expect(await holds(one, running.id, fence, LEASE_MS)).toBe(true);
    expect(await one.settle(running.id, fence, settlement(7))).toBe(true);
    clock.at += 5_000;
    await admitted(other, second);
    // Closing the old file leaves the new one's log alone.
    await other.close();
    await one.close();
    expect(await fresh.view("account", all)).toMatchObject({
      running: 1,
      waiting: 1,
      windows: [{ used: 8, held: 100 }],
    });
  });

  it("is made anew by a process that knew nothing of it: both calls are counted, and no third begins", async () => {
    const path = temporaryFile();
    const clock = { at: NOON };
    const old = await openSqlite(path, clock);
    const running = command({ windows: [] });
    const { fence } = await admitted(old, running);
    remove("", "-wal", "-shm", "-lock")(path);
    const fresh = await openSqlite(path, clock);
    const first = command({ windows: [] });
    const { fence: firstFence } = await admitted(fresh, first);
    expect(await old.reserve(command({ windows: [] }))).toMatchObject({ outcome: "queued" });
    // In the new file their numbers are others, which is nothing to those who hold them.
    expect(await fresh.settle(first.id, firstFence, settlement(3))).toBe(true);
    expect(await fresh.reserve(command({ windows: [] }))).toMatchObject({ outcome: "queued" });
    expect(await holds(old, running.id, fence, LEASE_MS)).toBe(true);
    expect(await old.settle(running.id, fence, settlement(4))).toBe(true);
    expect(await old.settle(running.id, fence, settlement(4))).toBe(false);
    expect(await fresh.view("account", all)).toMatchObject({ running: 0, windows: [{ used: 7, held: 0 }] });
  });

  it.each(["end", "start"] as const)(
    "brings over what runs in a bucket, so that less is not believed beside it: counted from the %s",
    async (countFrom) => {
      const path = temporaryFile();
      const clock = { at: NOON };
      const [one, other] = [await openSqlite(path, clock), await openSqlite(path, clock)];
      const fields = { windows: [], concurrency: 3, countFrom, heldApiTokens: 40 } as const;
      const running = command(fields);
      const { fence } = await admitted(one, running);
      remove("", "-wal", "-shm", "-lock")(path);
      const own = command(fields);
      const { fence: newer } = await admitted(other, own);
      const used = async () => (await other.view("account", all)).windows[0]?.used;
      await other.settle(own.id, newer, settlement(100));
      const before = await used();
      await teachUse(other, unlimited, 3, newer);
      expect(await used()).toBe(before);
      await one.settle(running.id, fence, settlement(30));
      await teachUse(other, unlimited, 3, newer);
      expect(await used()).toBe(3);
    },
  );

  it("keeps the place of a request that was broken off, also where nobody runs or waits", async () => {
    const path = temporaryFile();
    const clock = { at: NOON };
    const store = await openSqlite(path, clock);
    for (let index = 0; index < 20; index += 1) await spend(store, 1, { windows: [] });
    await spend(store, 9, { windows: [] }, { lingerMs: 5_000, estimated: true });
    remove("", "-wal", "-shm")(path);
    const next = command({ windows: [] });
    expect(await store.reserve(next)).toMatchObject({ outcome: "queued" });
    clock.at += 5_000;
    await admitted(store, next);
    expect((await store.view("account", all)).windows[0]?.used).toBe(9);
  });

  it("brings back no call that has been taken out of the new file", async () => {
    const path = temporaryFile();
    const clock = { at: NOON };
    const [one, other] = [await openSqlite(path, clock), await openSqlite(path, clock)];
    const running = command({ windows: [] });
    await admitted(one, running);
    renameSync(path, `${path}.moved`);
    await one.cancel(running.id);
    await admitted(other, command({ windows: [] }));
    expect((await other.view("account", all)).running).toBe(1);
  });
});

const cut = (suffix: string, part: number) => (path: string) => {
  truncateSync(path + suffix, Math.floor((statSync(path + suffix).size * part) / 4_096) * 4_096);
};
const overwrite = (path: string): void => writeFileSync(path, Buffer.alloc(statSync(path).size, 0xaa), { flag: "r+" });

const damages: [string, (path: string) => void][] = [
  ["its log is cut to nothing", cut("-wal", 0)],
  ["its log is cut in half", cut("-wal", 0.5)],
  ["its log is overwritten", (path) => overwrite(`${path}-wal`)],
  ["it is cut to nothing", cut("", 0)],
  ["it is cut in half", cut("", 0.5)],
];

/** Several stores on a file with a log of its own, and a call that runs. */
async function openWorld(clock: TestClock) {
  const path = temporaryFile();
  const warnings: string[] = [];
  const open = () => openSqlite(path, clock, (text) => warnings.push(text));
  const filler = await open();
  for (let index = 0; index < 40; index += 1) await spend(filler, 1, { windows: [] });
  const db = new DatabaseSync(path);
  db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  db.close();
  const [one, other] = [await open(), await open()];
  return { path, warnings, one, other, filler };
}

async function ends(store: LedgerStore, id: string, fence: number): Promise<void> {
  expect(await holds(store, id, fence, LEASE_MS)).toBe(true);
  expect(await store.settle(id, fence, settlement(7))).toBe(true);
}

describe("a file that is damaged while it is open", () => {
  it.each(damages)(
    "because %s: the next call goes on in a new one, and knows of the call that runs",
    async (_, damage) => {
      const clock = { at: NOON };
      const { path, warnings, one, other, filler } = await openWorld(clock);
      await spend(filler, 1, { windows: [] });
      const running = command({ windows: [] });
      const { fence } = await admitted(one, running);
      damage(path);
      // A step that reads what another process has written finds it: the file is opened again, as a new program would.
      const fresh = await openSqlite(path, clock, (text) => warnings.push(text));

      const second = command({ windows: [] });
      expect(await other.reserve(second)).toMatchObject({ outcome: "queued" });
      await ends(one, running.id, fence);
      await admitted(other, second);
      expect(await fresh.view("account", all)).toMatchObject({ running: 1, windows: [{ used: 7, held: 100 }] });
      expect(warnings[0]).toMatch(/is damaged and was moved to .*damaged-2026/);
      expect(warnings.slice(1).filter((text) => !/was deleted or moved while it was open/.test(text))).toEqual([]);
      expect(readdirSync(dirname(path)).filter((name) => name.startsWith(`${basename(path)}.damaged-`))).toContain(
        `${basename(path)}.damaged-2026-03-10T12-00-00-000Z`,
      );
    },
  );

  it("so that calls get other numbers: the server's count is heard under these", async () => {
    const clock = { at: NOON };
    const { path, one, other, filler } = await openWorld(clock);
    const free = { windows: [], concurrency: 3, heldApiTokens: 0 };
    const running = command(free);
    const { fence } = await admitted(one, running);
    // Nobody has in memory what has been written since.
    await spend(filler, 1, free);
    await filler.close();
    overwrite(`${path}-wal`);
    expect(await holds(one, running.id, fence, LEASE_MS)).toBe(true);
    await teachUse(one, unlimited, 50, fence);
    expect(await other.peek(command(free))).toMatchObject({ outcome: "queued" });
    clock.at += LEASE_MS;
    const { fence: newest } = await admitted(other, command(free));
    expect(newest).toBeLessThan(fence);
    await teachUse(other, unlimited, 70, newest);
    expect((await other.view("account", all)).windows[0]?.used).toBe(70);
  });

  it("so that nobody can read which calls run: others wait until each has given a sign of its own", async () => {
    const clock = { at: NOON };
    const { path, one, other, filler } = await openWorld(clock);
    const running = command({ windows: [] });
    const { fence } = await admitted(one, running);
    // Nobody has in memory what has been written since.
    await spend(filler, 1, { windows: [], concurrency: 2 });
    await filler.close();
    overwrite(`${path}-wal`);

    const second = command({ windows: [] });
    expect(await other.reserve(second)).toMatchObject({ outcome: "queued" });
    expect(await other.peek(second)).toMatchObject({ outcome: "queued" });
    clock.at += LEASE_MS - 1;
    expect(await other.reserve(second)).toMatchObject({ outcome: "queued" });
    expect(await holds(one, running.id, fence, LEASE_MS)).toBe(true);
    clock.at += 1;
    expect(await other.reserve(second)).toMatchObject({ outcome: "queued" });
    await ends(one, running.id, fence);
    await admitted(other, second);
    expect((await one.view("account", all)).windows[0]).toMatchObject({ used: 7, held: 100 });
  });
});
