import { once } from "node:events";
import { existsSync, readFileSync, renameSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it, onTestFinished } from "vitest";
import { LedgerError } from "../errors/setup-errors.js";
import { type Child, startChild } from "../testing/child.js";
import { ask, createPair, rejection } from "../testing/engine.js";
import {
  admitted,
  claimsOf,
  command,
  DAY_MS,
  daily,
  openSqlite,
  settlement,
  spend,
  storesToTest,
  temporaryFile,
} from "../testing/ledger.js";
import { hasPrlimit, limitFileSize } from "../testing/limits.js";
import { hasRedis, startRedis } from "../testing/redis.js";
import type { VisitSettings } from "../testing/visit.js";
import type { AccountView, LedgerStore } from "./ledger-store.js";
import { createRedisStore } from "./redis/redis-store.js";

const STORES = storesToTest();

/** Counts whatever there is, at any hour at which the tests run. */
const unlimited = { ...daily, limit: 1e9, period: { type: "rolling", spanMs: 7 * DAY_MS } } as const;
const all = claimsOf([unlimited]);
/** Longer than any place is kept after its holder has died, or ended without a word. */
const LATER_MS = 10_000;

/** Of a child on Redis: far longer than a busy machine takes for the steps of a call. */
const LEASE_MS = 600_000;

/** A clock that runs as the machine's does, and can be set ahead. */
function runningClock() {
  let ahead = 0;
  return {
    get at() {
      return Date.now() + ahead;
    },
    set at(to: number) {
      ahead = to - Date.now();
    },
  };
}

async function pidOf(child: Child): Promise<number> {
  return Number((await child.line("pid ")).slice("pid ".length));
}

async function openRedisServer(): Promise<string> {
  const server = await startRedis();
  onTestFinished(() => server.stop());
  return server.url;
}

/** Where a call can be killed, and what it has cost by then: nothing, what it held, or what it cost. */
const STEPS = [
  ["opened", 0],
  ["queued", 0],
  ["reserve begins", 0],
  ["reserve commits", 0],
  ["admitted", 70],
  ["heartbeat begins", 70],
  ["heartbeat commits", 70],
  ["heard", 70],
  ["settle begins", 70],
  ["settle commits", 70],
  ["settled", 30],
  ["closed", 30],
] as const;

describe("a process that is killed", () => {
  it.each(STEPS)("at the step: %s, leaves a sound file, costs %i, and holds nobody up", async (step, cost) => {
    const path = temporaryFile();
    const clock = runningClock();
    const store = await openSqlite(path, clock);
    const before = command({ windows: [] });
    const { fence } = await admitted(store, before);
    if (step !== "queued") await store.settle(before.id, fence, settlement(0));

    const child = startChild("stop-at-step.ts", path, step);
    await child.line(`at ${step}`);
    await child.kill("SIGKILL");

    if (step === "queued") await store.settle(before.id, fence, settlement(0));
    // Its lock and its ticket have gone with it; where it held a place, that is kept for a moment, as after an abort.
    const wanted = command({ windows: [], leaseMs: DAY_MS });
    await store.reserve(wanted);
    clock.at += LATER_MS;
    const mine = await admitted(store, wanted);
    expect(mine.fence).toBeGreaterThan(fence);
    expect(await store.view("account", all)).toMatchObject({ running: 1, waiting: 0, windows: [{ used: cost }] });
    const db = new DatabaseSync(path);
    expect(db.prepare("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" });
    db.close();
  });

  it.skipIf(!hasRedis()).each(STEPS.filter(([step]) => !/begins|commits/.test(step)))(
    "at the step: %s, costs %i on Redis, and holds nobody up for longer than its lease",

    async (step, cost) => {
      const url = await openRedisServer();
      const clock = runningClock();
      const store = createRedisStore({ url, now: () => clock.at });
      onTestFinished(() => store.close());
      const before = command({ windows: [], leaseMs: DAY_MS });
      const { fence } = await admitted(store, before);
      if (step !== "queued") await store.settle(before.id, fence, settlement(0));

      const child = startChild("stop-at-step.ts", url, step, String(LEASE_MS));
      await child.line(`at ${step}`);
      await child.kill("SIGKILL");

      if (step === "queued") await store.settle(before.id, fence, settlement(0));
      const mine = command({ id: "mine", windows: [], leaseMs: DAY_MS });
      await store.reserve(mine);
      clock.at += LEASE_MS;
      await admitted(store, mine);
      expect(await store.view("account", all)).toMatchObject({ running: 1, waiting: 0, windows: [{ used: cost }] });
    },
  );
});

describe("a process that is stopped for longer than its lease", () => {
  it("loses its slot, on its own machine too; its true cost is believed afterwards, once", async () => {
    const path = temporaryFile();
    const clock = runningClock();
    const store = await openSqlite(path, clock);
    const child = startChild("stop-at-step.ts", path, "admitted,settled");
    const pid = await pidOf(child);
    await child.line("at admitted");
    process.kill(pid, "SIGSTOP");
    const mine = command({ windows: [], leaseMs: DAY_MS });
    expect(await store.reserve(mine)).toMatchObject({ outcome: "queued", position: 0 });
    clock.at += 30_001;
    await admitted(store, mine);
    expect(await store.view("account", all)).toMatchObject({ running: 1, windows: [{ used: 70, held: 100 }] });
    process.kill(pid, "SIGCONT");
    process.kill(pid, "SIGUSR2");
    // It hears that its lease is lost.
    expect(await child.line("heartbeat ")).toMatch(/^heartbeat \[\{"id":"child-\d+","fence":\d+\}\]$/);
    await child.line("settle true");
    process.kill(pid, "SIGUSR2");
    await child.line("settle again false");
    expect(await store.view("account", all)).toMatchObject({ running: 1, windows: [{ used: 30, held: 100 }] });
  });

  it("loses its ticket, which would hold up everybody behind it, and asks for another", async () => {
    const path = temporaryFile();
    const clock = runningClock();
    const store = await openSqlite(path, clock);
    const running = command({ windows: [] });
    const { fence } = await admitted(store, running);
    const child = startChild("stop-at-step.ts", path, "queued");
    const pid = await pidOf(child);
    await child.line("at queued");
    process.kill(pid, "SIGSTOP");
    await store.settle(running.id, fence, settlement(5));
    const mine = command({ windows: [], leaseMs: DAY_MS });
    expect(await store.reserve(mine)).toMatchObject({ outcome: "queued", position: 1 });
    clock.at += 30_001;
    const { fence: newer } = await admitted(store, mine);
    clock.at -= 30_001;
    process.kill(pid, "SIGCONT");
    process.kill(pid, "SIGUSR2");
    await expect.poll(async () => (await store.view("account", all)).waiting).toBe(1);
    await store.settle(mine.id, newer, settlement(5));
    await child.line("settle true");
    expect(await store.view("account", all)).toMatchObject({ running: 0, waiting: 0, windows: [{ used: 40 }] });
  });

  it.skipIf(!hasRedis())("loses its place on Redis, and what it settles later corrects its charge alone", async () => {
    const url = await openRedisServer();
    const clock = runningClock();
    const store = createRedisStore({ url, now: () => clock.at });
    onTestFinished(() => store.close());
    const child = startChild("stop-at-step.ts", url, "heard", String(LEASE_MS));
    const pid = await pidOf(child);
    await child.line("at heard");
    process.kill(pid, "SIGSTOP");
    const mine = command({ windows: [], leaseMs: DAY_MS });
    expect(await store.reserve(mine)).toMatchObject({ outcome: "queued" });
    clock.at += LEASE_MS;
    await admitted(store, mine);
    process.kill(pid, "SIGCONT");
    process.kill(pid, "SIGUSR2");
    await child.line("settle true");
    expect(await store.view("account", all)).toMatchObject({ running: 1, windows: [{ used: 30, held: 100 }] });
  });
});

/** What only one may pass at a time; counts how many are in it. A visit takes as long as a server takes to answer. */
async function openDoor(answerMs = 0): Promise<{ port: number; inside(): number; most(): number; passed(): number }> {
  let inside = 0;
  let most = 0;
  let passed = 0;
  const door = createServer((visitor) => {
    inside += 1;
    passed += 1;
    most = Math.max(most, inside);
    visitor.on("error", () => {});
    visitor.once("close", () => {
      inside -= 1;
    });
    setTimeout(() => visitor.write("come in"), answerMs);
  });
  door.listen(0, "127.0.0.1");
  await once(door, "listening");
  onTestFinished(() => void door.close());
  const { port } = door.address() as AddressInfo;
  return { port, inside: () => inside, most: () => most, passed: () => passed };
}

interface Place {
  readonly where: string;
  view(): Promise<AccountView>;
}

const PLACES: Readonly<Record<string, () => Promise<Place>>> = {
  "one file": async () => {
    const where = temporaryFile();
    const store = await openSqlite(where, runningClock());
    return { where, view: () => store.view("account", all) };
  },
  ...(hasRedis()
    ? {
        "one Redis": async () => {
          const where = await openRedisServer();
          const store = createRedisStore({ url: where, restartPauseMs: 0 });
          onTestFinished(() => store.close());
          return { where, view: () => store.view("account", all) };
        },
      }
    : {}),
};

describe.each(Object.entries(PLACES))("eight processes on %s", (_, open) => {
  const start = (where: string, port: number, settings: VisitSettings): Child[] =>
    Array.from({ length: 8 }, () => startChild("visit.ts", where, String(port), JSON.stringify(settings)));

  it("of which two are killed at work: the others pass one at a time, all of them", { timeout: 120_000 }, async () => {
    const [{ where, view }, door] = [await open(), await openDoor()];
    const [times, held] = [15, 100];
    const children = start(where, door.port, {
      times,
      atOnce: 3,
      cost: [1, 1],
      command: command({ heldApiTokens: held, windows: [], leaseMs: 4_000 }),
    });
    const victims = children.slice(0, 2);
    for (const victim of victims) {
      await victim.line("pid");
      const passed = door.passed();
      await expect.poll(door.passed, { interval: 1 }).toBeGreaterThan(passed + 5);
      await victim.kill("SIGKILL");
    }
    for (const child of children.slice(2)) {
      expect(await child.line("done")).toBe(`done ${times}`);
      expect(await child.ended()).toBe(0);
    }
    expect(door.most()).toBe(1);
    const { running, waiting, windows } = await view();
    expect({ running, waiting, held: windows[0]?.held }).toEqual({ running: 0, waiting: 0, held: 0 });
    const used = windows[0]?.used ?? Number.NaN;
    expect(used).toBeGreaterThanOrEqual(6 * times);
    expect(used).toBeLessThanOrEqual(8 * times + 2 * held);
  });

  it("never spend more than the limit in worst mode, however many run at once", { timeout: 120_000 }, async () => {
    const [{ where, view }, door] = [await open(), await openDoor()];
    const limit = 400;
    const children = start(where, door.port, {
      times: 1_000,
      atOnce: 4,
      cost: [1, 10],
      command: command({
        heldApiTokens: 10,
        countOwnHold: true,
        windows: [{ ...unlimited, limit }],
        concurrency: null,
      }),
    });
    let spent = 0;
    for (const child of children) {
      const line = await child.line("spent");
      expect(await child.ended()).toBe(0);
      spent += Number(line.split(" ")[1]);
    }
    expect(spent).toBeLessThanOrEqual(limit);
    expect(spent).toBeGreaterThan(limit - 10);
    expect(await view()).toMatchObject({ running: 0, waiting: 0, windows: [{ used: spent, held: 0 }] });
  });

  it("one at a time overspend by less than one call", { timeout: 120_000 }, async () => {
    const [{ where, view }, door] = [await open(), await openDoor()];
    const limit = 300;
    const children = start(where, door.port, {
      times: 1_000,
      atOnce: 2,
      cost: [1, 20],
      command: command({ heldApiTokens: 10, windows: [{ ...unlimited, limit }] }),
    });
    for (const child of children) {
      await child.line("spent");
      expect(await child.ended()).toBe(0);
    }
    expect(door.most()).toBe(1);
    const used = (await view()).windows[0]?.used ?? Number.NaN;
    expect(used).toBeGreaterThanOrEqual(limit);
    expect(used).toBeLessThan(limit + 20);
  });
});

describe("a full disk", () => {
  it.skipIf(!hasPrlimit())("is told as what it is, harms nothing, and is over when there is room again", async () => {
    const path = temporaryFile();
    const store = await openSqlite(path, runningClock());
    await spend(store, 11, { windows: [] });
    const child = startChild("stop-at-step.ts", path, "admitted,settled");
    const pid = await pidOf(child);
    await child.line("at admitted");
    limitFileSize(pid, 4_096);
    process.kill(pid, "SIGUSR2");
    for (const step of ["heartbeat", "settle"]) {
      expect(await child.line(step)).toMatch(
        /failed: LedgerError: The ledger .* failed, so nothing was sent uncounted: .*(full|disk|I\/O).*LAPLAS_LEDGER/,
      );
    }
    await child.line("at settled");
    // The others have room, and are not held up by more than the call that could not be ended.
    expect(await store.view("account", all)).toMatchObject({ running: 1, windows: [{ used: 11, held: 70 }] });
    limitFileSize(pid, "unlimited");
    process.kill(pid, "SIGUSR2");
    await child.line("settle again true");
    await admitted(store, command({ windows: [] }));
    expect((await store.view("account", all)).windows[0]?.used).toBe(41);
    const db = new DatabaseSync(path);
    expect(db.prepare("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" });
    db.close();
  });
});

describe("a store that fails for a while", () => {
  /** Its next steps of these names fail. */
  async function flakyStore(): Promise<{ store: LedgerStore; failing: Set<keyof LedgerStore> }> {
    const inner = await openSqlite(temporaryFile(), runningClock());
    const failing: Set<keyof LedgerStore> = new Set();
    const flaky = <Name extends "reserve" | "settle" | "cancel">(name: Name): LedgerStore[Name] =>
      (async (...parameters: [never, never, never]) => {
        if (failing.has(name)) throw new LedgerError(`${name}: no space left on device`);
        return inner[name](...parameters);
      }) as LedgerStore[Name];
    const store = { ...inner, reserve: flaky("reserve"), settle: flaky("settle"), cancel: flaky("cancel") };
    return { store, failing };
  }

  it("at a call's end does not keep the place for as long as the process lives", async () => {
    const { store, failing } = await flakyStore();
    const { laplas, events } = await createPair({ ledger: store, patienceMs: 20_000 });
    failing.add("settle");
    expect((await laplas.chat(ask("Hello"))).choices).toHaveLength(1);
    expect(events).toContainEqual(
      expect.objectContaining({ type: "warning", message: expect.stringMatching(/no space/) }),
    );
    failing.clear();
    expect((await laplas.chat(ask("Hello"))).choices).toHaveLength(1);
    const { running, windows } = await laplas.status();
    expect(running).toBe(0);
    expect(windows[0]?.used).toBe(2 * 16);
  });

  it("in the queue does not leave a ticket that nobody can pass", async () => {
    const { store, failing } = await flakyStore();
    const { laplas, sandbox } = await createPair({ ledger: store, patienceMs: 20_000 });
    const over = Promise.withResolvers<void>();
    sandbox.fault({ kind: "hold", until: over.promise });
    const running = laplas.chat(ask("Hello"));
    await sandbox.received();
    const waiting = rejection(laplas.chat(ask("Hello")));
    await expect.poll(async () => (await laplas.status()).waiting).toBe(1);
    failing.add("reserve").add("cancel");
    expect(await waiting).toSatisfy(LedgerError.isInstance);
    over.resolve();
    await running;
    failing.clear();
    expect((await laplas.chat(ask("Hello"))).choices).toHaveLength(1);
    expect(sandbox.counts()).toMatchObject({ received: 2, refused: 0 });
  });
});

describe("a file that goes away while it is open", () => {
  const faults: [string, (path: string) => void][] = [
    ["is deleted with its log and its lock", (path) => ["", "-wal", "-shm", "-lock"].map((end) => rmSync(path + end))],
    ["is moved", (path) => renameSync(path, `${path}.moved-${Date.now()}`)],
    ["loses its log", (path) => ["-wal", "-shm"].map((end) => rmSync(path + end))],
    ["has its log cut to nothing", (path) => truncateSync(`${path}-wal`)],
    ["has its log cut in half", (path) => truncateSync(`${path}-wal`, statSync(`${path}-wal`).size / 2)],
    [
      "has its log overwritten",
      (path) => writeFileSync(`${path}-wal`, Buffer.alloc(statSync(`${path}-wal`).size, 0xaa), { flag: "r+" }),
    ],
    ["is cut to nothing", (path) => truncateSync(path)],
  ];

  it.each(faults)(
    "and %s, again and again: four processes pass one at a time, all of them, and none is held up for good",
    { timeout: 300_000 },
    async (_, harm) => {
      const path = temporaryFile();
      const door = await openDoor(40);
      const times = 20;
      const settings: VisitSettings = { times, atOnce: 2, cost: [1, 1], command: { leaseMs: 2_000 } };
      const children = Array.from({ length: 4 }, () =>
        startChild("visit.ts", path, String(door.port), JSON.stringify(settings)),
      );
      for (const after of [10, 30, 50]) {
        await expect.poll(() => door.inside() === 1 && door.passed() > after, { interval: 1 }).toBe(true);
        harm(path);
      }
      for (const child of children) {
        // Each has found its place again at the end of each visit.
        expect(await child.line("done")).toBe(`done ${times}`);
        expect(await child.ended()).toBe(0);
      }
      expect([door.most(), door.passed()]).toEqual([1, 4 * times]);
    },
  );

  it("is deleted alone while another process sits idle on it: nobody is held up, and the idle one finds the others", async () => {
    const path = temporaryFile();
    const store = await openSqlite(path, runningClock());
    await spend(store, 1, { windows: [] });
    const child = startChild("stop-at-step.ts", path, "opened");
    const pid = await pidOf(child);
    await child.line("at opened");
    rmSync(path);
    const fresh = await openSqlite(path, runningClock());
    await admitted(fresh, command({ windows: [] }));
    expect(await store.reserve(command({ windows: [] }))).toMatchObject({ outcome: "queued", position: 0 });
    process.kill(pid, "SIGUSR2");
    await expect.poll(async () => (await fresh.view("account", all)).waiting).toBe(2);
  });

  it("stays whole for two that have it open in one process, when a third comes and goes", async () => {
    const path = temporaryFile();
    const [one, other] = [await openSqlite(path, runningClock()), await openSqlite(path, runningClock())];
    await admitted(one, command({ windows: [] }));
    const settings: VisitSettings = { times: 0, atOnce: 1, cost: [1, 1], command: {} };
    const child = startChild("visit.ts", path, "0", JSON.stringify(settings));
    expect(await child.line("done")).toBe("done 0");
    expect(await child.ended()).toBe(0);
    // Whoever believes to be the last to close it writes the log into the file, and takes it away.
    expect(existsSync(`${path}-wal`)).toBe(true);
    expect(await other.reserve(command({ windows: [] }))).toMatchObject({ outcome: "queued" });
  });

  it("is damaged, and opened by several at once: they agree on one", async () => {
    const path = temporaryFile();
    writeFileSync(path, NONSENSE);
    const door = await openDoor();
    const settings: VisitSettings = { times: 10, atOnce: 2, cost: [1, 1], command: {} };
    const children = Array.from({ length: 4 }, () =>
      startChild("visit.ts", path, String(door.port), JSON.stringify(settings)),
    );
    for (const child of children) {
      expect(await child.line("done")).toBe("done 10");
      expect(await child.ended()).toBe(0);
    }
    expect(door.most()).toBe(1);
  });
});

const NONSENSE = `SQLite format 3\0${"and then nonsense ".repeat(500)}`;

describe("a file that many processes open at one moment", () => {
  const CHILDREN = 6;
  const FILES = 40;
  /** Written before anybody opens the path. */
  const beforehand: [string, ((path: string, old: Uint8Array) => void) | undefined][] = [
    ["is not there yet", undefined],
    ["is damaged from its first page on", (path) => writeFileSync(path, NONSENSE)],
    [
      "is damaged in its pages",
      (path, old) => writeFileSync(path, Buffer.from(old).fill(0xff, 4_096, old.length - 100)),
    ],
    [
      "was deleted, its log was not",
      (path) => [`${path}-wal`, `${path}-shm`].map((log) => writeFileSync(log, NONSENSE)),
    ],
  ];

  it.each(beforehand)(
    "%s: each can open it, and what each spends is counted",
    { timeout: 120_000 },
    async (_, write) => {
      const old = temporaryFile();
      const past = await openSqlite(old, runningClock());
      for (let index = 0; index < 100; index += 1) await spend(past, 1);
      await past.close();
      const directory = dirname(old);
      const paths = Array.from({ length: FILES }, (_unused, index) => join(directory, `${index}.sqlite`));
      for (const path of paths) write?.(path, readFileSync(old));

      const first = String(Date.now() + 1_500);
      const children = Array.from({ length: CHILDREN }, () =>
        startChild("open-at-once.ts", directory, String(FILES), first, "50"),
      );
      for (const child of children) expect(await child.line("done")).toBe("done []");
      const counted = [];
      for (const path of paths) {
        const store = await openSqlite(path, runningClock());
        counted.push((await store.view("account", all)).windows[0]?.used);
      }
      expect(counted).toEqual(paths.map(() => CHILDREN));
    },
  );
});

describe("processes that count at once", () => {
  it.each(["sqlite", ...(hasRedis() ? ["redis"] : [])])("in %s lose nothing", async (kind) => {
    const where = kind === "redis" ? await openRedisServer() : temporaryFile();
    const children = Array.from({ length: 4 }, () => startChild("count-lessons.ts", where, "200"));
    for (const child of children) expect(await child.line("done")).toBe("done");
    const store =
      kind === "redis" ? createRedisStore({ url: where, restartPauseMs: 0 }) : await openSqlite(where, runningClock());
    onTestFinished(() => store.close());
    expect(await store.learned("account", "counted")).toBe(800);
  });
});

const formats: Record<string, Intl.DateTimeFormat> = {};
/** The local date by another calendar than the ledger's own. */
function localDate(zone: string, at: number): string {
  formats[zone] ??= new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short" });
  return formats[zone].format(at);
}

describe.each(Object.entries(STORES))("days on which the clock is changed, in %s", (_, open) => {
  it.each([
    ["Europe/Berlin", "2026-03-29"],
    ["Europe/Berlin", "2026-10-25"],
    ["America/New_York", "2026-11-01"],
    ["Australia/Lord_Howe", "2026-04-05"],
    // Midnight itself is skipped.
    ["America/Santiago", "2026-09-06"],
    ["Africa/Cairo", "2026-04-24"],
    ["UTC", "2026-03-29"],
  ])("in %s around %s a day is a day, of 23, 24 or 25 hours", async (zone, date) => {
    const rule = { ...daily, limit: 1e9, marginMs: 0, period: { type: "day", zone, resetHour: 0 } as const };
    const from = Date.parse(`${date}T00:00:00.000Z`) - 36 * 3_600_000;
    const clock = { at: from };
    const store = await open(clock);
    const spent: Record<string, number> = {};
    for (clock.at = from; clock.at < from + 96 * 3_600_000; clock.at += 1_800_000) {
      const today = localDate(zone, clock.at);
      const { used, resetsAt } = (await store.view("account", claimsOf([rule]))).windows[0] ?? {
        used: Number.NaN,
        resetsAt: Number.NaN,
      };
      expect([today, used]).toEqual([today, spent[today] ?? 0]);
      expect(localDate(zone, resetsAt - 1)).toBe(today);
      expect(localDate(zone, resetsAt)).not.toBe(today);
      await spend(store, 1, { windows: [rule] });
      spent[today] = (spent[today] ?? 0) + 1;
    }
  });
});

describe.each(Object.entries(STORES))("a day that ends during a call, in %s", (_, open) => {
  const MIDNIGHT = Date.parse("2026-03-11T00:00:00.000Z");

  it("counts it on both sides, and its place is one before, over and after midnight", async () => {
    const clock = { at: MIDNIGHT - 500 };
    const store = await open(clock);
    const over = command({ heldApiTokens: 100 });
    const { fence } = await admitted(store, over);
    const waiting = command();
    for (const at of [MIDNIGHT - 1, MIDNIGHT, MIDNIGHT + 1_999, MIDNIGHT + 2_000, MIDNIGHT + 60_000]) {
      clock.at = at;
      expect(await store.reserve(waiting)).toMatchObject({ outcome: "queued" });
      expect((await store.view("account", claimsOf([daily]))).windows[0]).toMatchObject({ used: 0, held: 100 });
    }
    expect(await store.settle(over.id, fence, settlement(1_000))).toBe(true);
    // The server may have counted it when it ended.
    expect(await store.reserve(waiting)).toMatchObject({ outcome: "denied", resetsAt: MIDNIGHT + DAY_MS + 2_000 });
  });

  it("admits nothing on the new day's budget before the margin is over", async () => {
    const clock = { at: MIDNIGHT - 60_000 };
    const store = await open(clock);
    await spend(store, 1_000);
    for (const at of [MIDNIGHT - 1, MIDNIGHT, MIDNIGHT + 1_999]) {
      clock.at = at;
      expect(await store.reserve(command())).toMatchObject({ outcome: "denied", resetsAt: MIDNIGHT + 2_000 });
    }
    clock.at = MIDNIGHT + 2_000;
    await admitted(store, command());
  });
});
