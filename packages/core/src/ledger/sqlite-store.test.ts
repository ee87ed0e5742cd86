import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { LedgerError } from "../errors/setup-errors.js";
import { startChild } from "../testing/child.js";
import { rejection } from "../testing/engine.js";
import {
  admitted,
  command,
  DAY_MS,
  daily,
  NOON,
  openSqlite,
  settlement,
  spend,
  temporaryFile,
} from "../testing/ledger.js";
import { createHolder } from "./holder.js";
import { openLedger } from "./open-ledger.js";
import { isBusy } from "./sqlite-errors.js";
import { createFileLock } from "./sqlite-lock.js";

const query = { account: "account", model: "gpt-4o-mini", windows: [daily] };
/** For tests beside processes that have the machine's clock: counts at any hour at which they run. */
const week = { ...daily, period: { type: "rolling", spanMs: 7 * DAY_MS } } as const;
const ofWeek = { ...query, windows: [week] };
const realNow = () => ({
  get at() {
    return Date.now();
  },
  set at(_: number) {},
});

describe("the file", () => {
  it("and its companions are readable by their owner alone, the directory too", async () => {
    const path = join(dirname(temporaryFile()), "new", "deep", "ledger.sqlite");
    const store = await openSqlite(path, { at: NOON });
    await spend(store, 1);
    for (const file of readdirSync(dirname(path))) {
      expect(statSync(join(dirname(path), file)).mode & 0o777).toBe(0o600);
    }
    expect(statSync(dirname(path)).mode & 0o777).toBe(0o700);
  });

  it("is the same by a link to it", async () => {
    const path = temporaryFile();
    const link = join(dirname(path), "link");
    // It leads nowhere yet.
    symlinkSync(basename(path), link);
    const [one, other] = [await openSqlite(link, { at: NOON }), await openSqlite(path, { at: NOON })];
    await spend(one, 3);
    expect((await other.view(query)).windows[0]?.used).toBe(3);
    expect(readdirSync(dirname(path)).toSorted()).toEqual(
      ["", "-lock", "-shm", "-wal"]
        .map((suffix) => basename(path) + suffix)
        .concat("link")
        .toSorted(),
    );
  });

  it("is opened by one at a time, even when the lock's file is taken away meanwhile", async () => {
    const path = temporaryFile();
    const [first, second] = [await createFileLock(`${path}-lock`, path), await createFileLock(`${path}-lock`, path)];
    expect(first.take()).toBe(true);
    expect(() => second.take()).toThrow(expect.toSatisfy(isBusy));
    first.release();
    // Its file goes between the look at it and the lock on it.
    const original = DatabaseSync.prototype.exec;
    const exec = vi.spyOn(DatabaseSync.prototype, "exec").mockImplementationOnce(function (this: DatabaseSync, sql) {
      rmSync(`${path}-lock`);
      original.call(this, sql);
    });
    onTestFinished(() => exec.mockRestore());
    expect(() => second.take()).toThrow(expect.toSatisfy(isBusy));
    expect(second.take()).toBe(true);
    second.release();
  });

  it("is not opened without a lock that could not be made for another reason than its owner", async () => {
    const path = join(dirname(temporaryFile()), "gone", "ledger.sqlite");
    const lock = await createFileLock(`${path}-lock`, path);
    expect(() => lock.take()).toThrow(/ENOENT/);
    expect(lock.take(false)).toBe(false);
  });

  it("survives reopening: use, fence, block and learned costs", async () => {
    const path = temporaryFile();
    const clock = { at: NOON };
    const first = await openSqlite(path, clock);
    await spend(first, 700);
    const call = command();
    const { fence } = await admitted(first, call);
    await first.settle(call.id, fence, settlement(40));
    await first.block("account", { until: NOON + 5_000, code: "daily_quota", rule: "r" });
    const before = await first.view(query);
    await first.close();

    const second = await openSqlite(path, clock);
    expect(await second.view(query)).toEqual(before);
    expect((await second.recentCosts("account", "gpt-4o-mini", 9)).toSorted()).toEqual([40, 700]);
    expect(await second.reserve(command())).toMatchObject({ outcome: "denied", reason: "upstream" });
    clock.at += 5_000;
    expect((await admitted(second, command())).fence).toBeGreaterThan(fence);
  });

  it("keeps across a restart what the longest window of a tier needs", async () => {
    const path = temporaryFile();
    const clock = { at: NOON };
    const month = { ...daily, id: "month", period: { type: "rolling", spanMs: 31 * DAY_MS } } as const;
    const first = await openSqlite(path, clock);
    await spend(first, 700, { windows: [month] });
    await first.close();
    clock.at += 30 * DAY_MS;
    const second = await openSqlite(path, clock);
    expect((await second.view({ ...query, windows: [month] })).windows[0]?.used).toBe(700);
  });

  it("is shared: what one store writes the other counts", async () => {
    const path = temporaryFile();
    const clock = { at: NOON };
    const [one, other] = [await openSqlite(path, clock), await openSqlite(path, clock)];
    const call = command();
    const { fence } = await admitted(one, call);
    expect(await other.reserve(command())).toMatchObject({ outcome: "queued" });
    await one.settle(call.id, fence, settlement(1_000));
    expect(await other.reserve(command())).toMatchObject({ outcome: "denied", used: 1_000 });
  });

  it("holds no key and no prompt", async () => {
    const path = temporaryFile();
    const store = await openSqlite(path, { at: NOON });
    await spend(store, 5);
    await store.close();
    const db = new DatabaseSync(path);
    const columns = db.prepare("SELECT * FROM calls").get() ?? {};
    db.close();
    expect(Object.keys(columns).toSorted()).toEqual(
      "account api_tokens class ended_at estimated expires_at held_api_tokens holder id model probe seen_at seq started_at state surface".split(
        " ",
      ),
    );
  });

  it("takes a clock that counts parts of a millisecond", async () => {
    const store = await openSqlite(temporaryFile(), { at: NOON + 0.25 });
    await spend(store, 5.5, {}, { lingerMs: 0.5 });
    await store.block("account", { until: NOON + 0.75, code: "daily_quota", rule: "r" });
    expect((await store.view(query)).windows[0]?.used).toBe(5.5);
  });
});

describe("a holder that is gone", () => {
  it("is found at once: what it held is charged, and its place is kept for as long as its request may still run", async () => {
    const path = temporaryFile();
    const child = startChild("hold-lease.ts", path, "321");
    await child.line("admitted");
    const clock = { at: Date.now() };
    const store = await openSqlite(path, clock);
    const mine = command({ id: "mine", windows: [] });
    expect(await store.reserve(mine)).toMatchObject({ outcome: "queued" });
    await child.kill("SIGKILL");
    const charged = { running: 1, windows: [{ used: 321, held: 0 }] };
    // Whoever looks sees it before anybody has written it down.
    expect(await store.view(ofWeek)).toMatchObject(charged);
    expect(await store.peek(mine)).toMatchObject({ outcome: "queued" });
    expect(await store.reserve(mine)).toMatchObject({ outcome: "queued" });
    expect(await store.view(ofWeek)).toMatchObject(charged);
    clock.at += 4_000;
    expect(await store.reserve(mine)).toMatchObject({ outcome: "queued" });
    clock.at += 6_000;
    await admitted(store, mine);
    // A guess teaches nothing about costs.
    expect(await store.recentCosts("account", "gpt-4o-mini", 9)).toEqual([]);
  });

  it("keeps no place that it can't have had a request in for long: the next program begins at once", async () => {
    const path = temporaryFile();
    const child = startChild("hold-lease.ts", path, "321");
    await child.line("admitted");
    await child.kill("SIGKILL");
    const store = await openSqlite(path, { at: Date.now() + 12_000 });
    await admitted(store, command({ windows: [] }));
    expect((await store.view(ofWeek)).windows[0]?.used).toBe(321);
  });

  it("does not stand in the queue either", async () => {
    const path = temporaryFile();
    const store = await openSqlite(path, realNow());
    const running = command({ windows: [] });
    const { fence } = await admitted(store, running);
    const child = startChild("hold-lease.ts", path, "5");
    await child.line("queued");
    expect(await store.reserve(command({ id: "mine", windows: [] }))).toMatchObject({ position: 1 });
    await child.kill("SIGKILL");
    expect(await store.reserve(command({ id: "mine", windows: [] }))).toMatchObject({ position: 0 });
    await store.settle(running.id, fence, settlement(0));
    await admitted(store, command({ id: "mine", windows: [] }));
  });

  it("is counted by whoever looks, too: a check and the status say what a call would meet", async () => {
    const path = temporaryFile();
    const child = startChild("hold-lease.ts", path, "1500");
    await child.line("admitted");
    await child.kill("SIGKILL");
    const store = await openSqlite(path, realNow());
    const wanted = command({ windows: [week] });
    const seen = { peeked: await store.peek(wanted), viewed: await store.view(ofWeek) };
    expect(await store.reserve(wanted)).toMatchObject({ outcome: "denied", used: 1_500 });
    expect(seen.peeked).toMatchObject({ outcome: "denied", used: 1_500 });
    expect(seen.viewed).toMatchObject({ running: 1, windows: [{ used: 1_500, held: 0 }] });
  });

  it("of another machine or container is given until its lease ends", async () => {
    const path = temporaryFile();
    const clock = { at: NOON };
    const store = await openSqlite(path, clock);
    const lost = command({ heldApiTokens: 50 });
    const { fence } = await admitted(store, lost);
    const db = new DatabaseSync(path);
    db.exec("UPDATE calls SET holder = 'another-boot:1:1:1'");
    db.close();
    clock.at += 29_999;
    expect(await store.reserve(command({ id: "mine" }))).toMatchObject({ outcome: "queued" });
    expect(await store.heartbeat(lost.id, fence, 30_000)).toBe(true);
    clock.at += 29_999;
    expect(await store.reserve(command({ id: "mine" }))).toMatchObject({ outcome: "queued" });
    clock.at += 1;
    await admitted(store, command({ id: "mine" }));
    expect((await store.view(query)).windows[0]?.used).toBe(50);
    expect(await store.settle(lost.id, fence, settlement(7))).toBe(false);
  });

  it("is told from a living one by pid, start time, boot and container", async () => {
    const { id, stateOf } = await createHolder();
    const [boot, namespace, pid, start] = id.split(":");
    expect(stateOf(id)).toBe("alive");
    expect(stateOf([boot, namespace, process.ppid, ""].join(":"))).toBe("alive");
    expect(stateOf([boot, namespace, process.ppid, start].join(":"))).toBe("dead");
    expect(stateOf([boot, namespace, 4_194_304, start].join(":"))).toBe("dead");
    expect(stateOf([boot, "999", pid, start].join(":"))).toBe("unknown");
    expect(stateOf(["other", namespace, pid, start].join(":"))).toBe("unknown");
    expect(stateOf("nonsense")).toBe("unknown");
  });

  it("is dead as well while nobody has collected it, as in a container without an init", async () => {
    // The shell becomes a sleep that never asks after the child it has inherited.
    const parent = spawn("sh", ["-c", "sleep 0.01 & echo $!; exec sleep 60"], { stdio: ["ignore", "pipe", "ignore"] });
    onTestFinished(() => void parent.kill("SIGKILL"));
    const [line] = await once(parent.stdout, "data");
    const zombie = Number(String(line).trim());
    const stat = () => readFileSync(`/proc/${zombie}/stat`, "utf8").split(") ")[1] ?? "";
    await expect.poll(stat).toMatch(/^Z/);
    const { id, stateOf } = await createHolder();
    const [boot, namespace] = id.split(":");
    expect(stateOf([boot, namespace, zombie, stat().split(" ")[19]].join(":"))).toBe("dead");
  });
});

describe("several processes on one file", () => {
  it("take turns, one at a time, and none is forgotten", async () => {
    const path = temporaryFile();
    const children = [1, 2, 3].map(() => startChild("take-turns.ts", path, `${path}.token`, "15"));
    for (const child of children) {
      await child.ended();
      expect(child.output()).toBe("done\n");
    }
    const store = await openSqlite(path, realNow());
    expect(await store.view(ofWeek)).toMatchObject({ running: 0, waiting: 0, windows: [{ used: 45, held: 0 }] });
  });

  it("wait for another's lock without holding up the program", async () => {
    const path = temporaryFile();
    const store = await openSqlite(path, realNow());
    const child = startChild("hold-lock.ts", path);
    await child.line("locked");
    let ticks = 0;
    const ticking = setInterval(() => {
      ticks += 1;
      if (ticks === 20) void child.kill("SIGKILL");
    }, 5);
    onTestFinished(() => clearInterval(ticking));
    await admitted(store, command());
    expect(ticks).toBeGreaterThanOrEqual(20);
  });

  it("say so in an error of ours when the lock never comes free, also while opening", async () => {
    const path = temporaryFile();
    const store = await openSqlite(path, realNow());
    const fresh = `${path}.fresh`;
    const children = [startChild("hold-lock.ts", path), startChild("hold-lock.ts", fresh, "EXCLUSIVE")];
    for (const child of children) await child.line("locked");
    const [reserving, opening] = await Promise.all([
      rejection(store.reserve(command())),
      rejection(openSqlite(fresh, realNow())),
    ]);
    for (const error of [reserving, opening]) {
      expect(LedgerError.isInstance(error)).toBe(true);
      expect((error as Error).message).toMatch(/another process has held its lock for 5000 ms.*LAPLAS_LEDGER/);
    }
  });
});

describe("a file of an older version", () => {
  it("is brought along with all it holds, also where two open it at once", async () => {
    const path = temporaryFile();
    const old = new DatabaseSync(path);
    old.exec(`
      CREATE TABLE calls (
        seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, account TEXT NOT NULL, model TEXT NOT NULL,
        class TEXT NOT NULL, surface TEXT NOT NULL, holder TEXT NOT NULL, state TEXT NOT NULL, probe INTEGER NOT NULL DEFAULT 0,
        started_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, held_api_tokens REAL NOT NULL, ended_at INTEGER,
        api_tokens REAL, estimated INTEGER NOT NULL DEFAULT 0
      ) STRICT;
      CREATE TABLE blocks (account TEXT PRIMARY KEY, until INTEGER NOT NULL, code TEXT NOT NULL, rule TEXT NOT NULL) STRICT;
      CREATE TABLE refused_prices (
        account TEXT NOT NULL, price_key TEXT NOT NULL, until INTEGER NOT NULL, PRIMARY KEY (account, price_key)
      ) STRICT;
      INSERT INTO calls (id, account, model, class, surface, holder, state, started_at, expires_at, held_api_tokens, ended_at, api_tokens)
        VALUES ('one', 'account', 'gpt-4o-mini', 'regular', 'api', 'x', 'settled', ${NOON}, ${NOON}, 5, ${NOON}, 40);
      INSERT INTO refused_prices VALUES ('account', 'key', ${NOON + DAY_MS});
      PRAGMA user_version = 1;`);
    old.close();
    const clock = { at: NOON + 1 };
    const [store, other] = await Promise.all([openSqlite(path, clock), openSqlite(path, clock)]);
    expect((await store.view(query)).windows[0]?.used).toBe(40);
    expect(await other.learned("account", "price:key")).toBe(NOON + DAY_MS);
    await spend(other, 2);
    expect((await store.view(query)).windows[0]?.used).toBe(42);
  });
});

describe("a file that can't be used", () => {
  const open = (path: string, warnings: string[]) =>
    openLedger({
      ledger: `sqlite:${path}`,
      synchronous: "normal",
      now: () => NOON,
      warn: (text) => warnings.push(text),
      environment: {},
    });

  it("because it is damaged is moved aside, with one warning, and a new one serves", async () => {
    const path = temporaryFile();
    writeFileSync(path, `SQLite format 3\0${"and then nonsense ".repeat(500)}`);
    const warnings: string[] = [];
    const store = await open(path, warnings);
    expect(store.name).toBe("sqlite");
    await spend(store, 1);
    await store.close();
    const aside = `${path}.damaged-2026-03-10T12-00-00-000Z`;
    expect(warnings).toEqual([expect.stringMatching(/is damaged and was moved to .* A new one starts empty/)]);
    expect(warnings[0]).toContain(aside);
    expect(readFileSync(aside, "utf8")).toMatch(/^SQLite format 3\0and then nonsense/);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it.each<[string, (path: string) => void]>([
    ["a picture", (path) => writeFileSync(path, "\x89PNG\r\n\x1a\n and what makes the picture")],
    [
      "somebody's database",
      (path) => {
        const db = new DatabaseSync(path);
        db.exec("CREATE TABLE precious (a); PRAGMA user_version = 2;");
        db.close();
      },
    ],
  ])("because it is %s is left as it is, and the error says so", async (_, write) => {
    const path = temporaryFile();
    write(path);
    const before = readFileSync(path);
    const warnings: string[] = [];
    const isRefused = async (): Promise<void> => {
      const error = await rejection(open(path, warnings));
      expect(error).toSatisfy(LedgerError.isInstance);
      expect((error as Error).message).toMatch(/is no ledger: another program wrote it.*LAPLAS_LEDGER/);
      expect(warnings).toEqual([]);
      expect(readFileSync(path).equals(before)).toBe(true);
    };
    await isRefused();
    expect(readdirSync(dirname(path))).toEqual([basename(path)]);
    // What looks like our lock is that program's too.
    writeFileSync(`${path}-lock`, "");
    await isRefused();
    expect(readdirSync(dirname(path))).toEqual([basename(path), `${basename(path)}-lock`]);
  });

  it("because what lies in its lock's place is another program's is an error that says so, and both are left as they are", async () => {
    const path = temporaryFile();
    writeFileSync(`${path}-lock`, "somebody's own notes, longer than nothing ".repeat(50));
    const error = await rejection(open(path, []));
    expect(error).toSatisfy(LedgerError.isInstance);
    expect((error as Error).message).toMatch(/ledger\.sqlite-lock is another program's.*LAPLAS_LEDGER/);
    expect(readdirSync(dirname(path))).toEqual([`${basename(path)}-lock`]);
  });

  it("because a directory is in its lock's place is an error that names it", async () => {
    const path = temporaryFile();
    mkdirSync(`${path}-lock`);
    expect(((await rejection(open(path, []))) as Error).message).toMatch(/ledger\.sqlite-lock is another program's/);
  });

  it("because another process never ends opening it is an error that says so, and opens afterwards", async () => {
    const path = temporaryFile();
    const other = new DatabaseSync(`${path}-lock`);
    onTestFinished(() => other.close());
    other.exec("BEGIN EXCLUSIVE");
    const error = await rejection(open(path, []));
    expect((error as Error).message).toMatch(
      /nothing was sent uncounted: another process has held its lock for 5000 ms/,
    );
    other.exec("ROLLBACK");
    expect((await open(path, [])).name).toBe("sqlite");
  });

  it("because its pages are damaged is moved aside as well", async () => {
    const path = temporaryFile();
    const first = await openSqlite(path, { at: NOON });
    for (let index = 0; index < 200; index += 1) await spend(first, 1);
    await first.close();
    const bytes = readFileSync(path);
    bytes.fill(0xff, 4_096, bytes.length - 100);
    writeFileSync(path, bytes);
    const warnings: string[] = [];
    const store = await open(path, warnings);
    await spend(store, 1);
    await store.close();
    expect(warnings).toHaveLength(1);
    expect(readdirSync(dirname(path)).some((name) => name.includes(".damaged-"))).toBe(true);
  });

  it("because a newer version wrote it is an error that says so, and is left as it is", async () => {
    const path = temporaryFile();
    const db = new DatabaseSync(path);
    db.exec("PRAGMA user_version = 7; CREATE TABLE precious (a)");
    db.close();
    const before = readFileSync(path);
    const warnings: string[] = [];
    const error = await rejection(open(path, warnings));
    expect(LedgerError.isInstance(error)).toBe(true);
    expect((error as Error).message).toMatch(
      /has format 7, this version of laplas writes format 3\. Update laplas.*LAPLAS_LEDGER/,
    );
    expect(warnings).toEqual([]);
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it("is used as it is when its mode is wider: it is the owner's", async () => {
    const path = temporaryFile();
    writeFileSync(path, "");
    chmodSync(path, 0o644);
    await openSqlite(path, { at: NOON });
    expect(existsSync(path)).toBe(true);
  });
});
