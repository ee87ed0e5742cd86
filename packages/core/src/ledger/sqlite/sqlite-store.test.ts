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
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { COST_BUCKET } from "../../account/bucket-name.js";
import { LedgerError } from "../../errors/setup-errors.js";
import { startChild } from "../../testing/child.js";
import { rejection } from "../../testing/engine.js";
import {
  admitted,
  claimsOf,
  command,
  DAY_MS,
  daily,
  holds,
  NOON,
  openSqlite,
  settlement,
  spend,
  teachBlock,
  teachCount,
  teachUse,
  temporaryFile,
} from "../../testing/ledger.js";
import { createHolder } from "../holder.js";
import { openLedger } from "../open-ledger.js";
import { isBusy } from "./sqlite-errors.js";
import { createFileLock } from "./sqlite-lock.js";

const ofDay = claimsOf([daily]);
/** For tests beside processes that have the machine's clock: counts at any hour at which they run. */
const week = { ...daily, period: { type: "rolling", spanMs: 7 * DAY_MS } } as const;
const ofWeek = claimsOf([week]);
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
    expect((await other.view("account", ofDay)).windows[0]?.used).toBe(3);
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
    await teachBlock(first, { until: NOON + 5_000 });
    const before = await first.view("account", ofDay);
    await first.close();

    const second = await openSqlite(path, clock);
    expect(await second.view("account", ofDay)).toEqual(before);
    expect((await second.recentCosts("account", "gpt-4o-mini", COST_BUCKET, 9)).toSorted()).toEqual([40, 700]);
    expect(await second.reserve(command())).toMatchObject({ outcome: "denied", reason: "upstream" });
    clock.at += 5_000;
    expect((await admitted(second, command())).fence).toBeGreaterThan(fence);
  });

  it("survives reopening: what was used elsewhere, and whose answer told so", async () => {
    const path = temporaryFile();
    const clock = { at: NOON };
    const first = await openSqlite(path, clock);
    await spend(first, 700);
    await teachUse(first, daily, 900, 2);
    await teachUse(first, daily, 800, 3);
    const before = await first.view("account", ofDay);
    expect(before.windows[0]?.used).toBe(800);
    await first.close();

    const second = await openSqlite(path, clock);
    expect(await second.view("account", ofDay)).toEqual(before);
    await teachUse(second, daily, 1_000, 2);
    expect(await second.view("account", ofDay)).toEqual(before);
    await teachUse(second, daily, 1_000, 3);
    expect(await second.reserve(command())).toMatchObject({ outcome: "denied", used: 1_000 });
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
    expect((await second.view("account", claimsOf([month]))).windows[0]?.used).toBe(700);
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

  it("is shared: what two stores count at once is one number, also after they are closed", async () => {
    const path = temporaryFile();
    const clock = { at: NOON };
    const [one, other] = [await openSqlite(path, clock), await openSqlite(path, clock)];
    await Promise.all(Array.from({ length: 40 }, (_, n) => teachCount(n % 2 === 0 ? one : other, "asked", 1)));
    for (const store of [one, other]) await store.close();
    expect(await (await openSqlite(path, clock)).learned("account", "asked")).toBe(40);
  });

  it("numbers those that stand ahead below 0 only while they wait, and others never, whatever else the file holds", async () => {
    const path = temporaryFile();
    const store = await openSqlite(path, { at: NOON });
    const numbers = (): unknown => {
      const db = new DatabaseSync(path);
      const rows = db.prepare("SELECT seq FROM calls ORDER BY seq").all();
      db.close();
      return rows.map(({ seq }) => seq);
    };
    await teachBlock(store, { until: NOON + 5_000, needsProbe: false });
    const fields = { concurrency: null, patienceMs: 60_000 };
    const [one, other] = [
      { ...command(fields), ahead: true },
      { ...command(fields), ahead: true },
    ];
    const plain = command(fields);
    for (const call of [one, other, plain]) expect(await store.reserve(call)).toMatchObject({ outcome: "queued" });
    expect(numbers()).toEqual([expect.toSatisfy((seq) => seq < -9e13), expect.toSatisfy((seq) => seq < -9e13), 1]);
    await store.teach("account", [{ kind: "lift", name: "account" }]);
    const { fence } = await admitted(store, one);
    await store.settle(one.id, fence, settlement(7));
    expect(numbers()).toEqual([expect.toSatisfy((seq) => seq < 0), 1, 2]);
    expect(await store.recentCosts("account", "gpt-4o-mini", COST_BUCKET, 9)).toEqual([7]);
    await admitted(store, other);
    await admitted(store, { ...command({ windows: [], concurrency: null }), ahead: true });
    expect(numbers()).toEqual([1, 2, 3, 4]);
  });

  it("shares the order of those that stand ahead with other processes", async () => {
    const path = temporaryFile();
    const clock = { at: NOON };
    const [one, other] = [await openSqlite(path, clock), await openSqlite(path, clock)];
    const running = command();
    const { fence } = await admitted(one, running);
    const [plain, first, second] = [command(), { ...command(), ahead: true }, { ...command(), ahead: true }];
    expect(await one.reserve(plain)).toMatchObject({ position: 0 });
    expect(await other.reserve(first)).toMatchObject({ position: 0 });
    expect(await one.reserve(second)).toMatchObject({ position: 1 });
    await one.settle(running.id, fence, settlement(1));
    expect(await one.reserve(plain)).toMatchObject({ outcome: "queued", position: 2 });
    expect(await one.reserve(second)).toMatchObject({ outcome: "queued", position: 1 });
    await admitted(other, first);
  });

  it("holds no key and no prompt", async () => {
    const path = temporaryFile();
    const store = await openSqlite(path, { at: NOON });
    await spend(store, 5);
    await store.close();
    const db = new DatabaseSync(path);
    const columns = db.prepare(
      `SELECT tables.name AS "table", group_concat(columns.name, ' ' ORDER BY columns.name) AS columns
       FROM sqlite_schema AS tables, pragma_table_info(tables.name) AS columns
       WHERE tables.type = 'table' GROUP BY 1`,
    );
    const found = Object.fromEntries(columns.all().map((row) => [row.table, row.columns]));
    db.close();
    expect(found).toEqual({
      calls:
        "account charged_at closed_until estimated fence free_at holder id label lane phase probes reclaimed seq started_at",
      charges: "account amount at bucket call phase",
      file: "path",
      marks: "account code kind longest_ms name needs_probe rule seen_at until value",
      sums: "account amount calls from_at key kind name",
    });
  });

  it("takes a clock that counts parts of a millisecond", async () => {
    const store = await openSqlite(temporaryFile(), { at: NOON + 0.25 });
    await spend(store, 5.5, {}, { lingerMs: 0.5 });
    await teachBlock(store, { until: NOON + 0.75, longestMs: DAY_MS + 0.5 });
    expect((await store.view("account", ofDay)).windows[0]?.used).toBe(5.5);
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
    expect(await store.view("account", ofWeek)).toMatchObject(charged);
    expect(await store.peek(mine)).toMatchObject({ outcome: "queued" });
    expect(await store.reserve(mine)).toMatchObject({ outcome: "queued" });
    expect(await store.view("account", ofWeek)).toMatchObject(charged);
    clock.at += 4_000;
    expect(await store.reserve(mine)).toMatchObject({ outcome: "queued" });
    clock.at += 6_000;
    await admitted(store, mine);
    // A guess teaches nothing about costs.
    expect(await store.recentCosts("account", "gpt-4o-mini", COST_BUCKET, 9)).toEqual([]);
  });

  it("keeps no place that it can't have had a request in for long: the next program begins at once", async () => {
    const path = temporaryFile();
    const child = startChild("hold-lease.ts", path, "321");
    await child.line("admitted");
    await child.kill("SIGKILL");
    const store = await openSqlite(path, { at: Date.now() + 12_000 });
    await admitted(store, command({ windows: [] }));
    expect((await store.view("account", ofWeek)).windows[0]?.used).toBe(321);
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
    const seen = { peeked: await store.peek(wanted), viewed: await store.view("account", ofWeek) };
    expect(await store.reserve(wanted)).toMatchObject({ outcome: "denied", used: 1_500 });
    expect(seen.peeked).toMatchObject({ outcome: "denied", used: 1_500 });
    expect(seen.viewed).toMatchObject({ running: 1, windows: [{ used: 1_500, held: 0 }] });
  });

  it("of another machine or container is given until its lease ends, and is believed when it comes back", async () => {
    const path = temporaryFile();
    const clock = { at: NOON };
    const store = await openSqlite(path, clock);
    const lost = command({ heldApiTokens: 50 });
    const { fence } = await admitted(store, lost);
    const db = new DatabaseSync(path);
    db.exec(`
      UPDATE calls SET holder = 'another-boot:1:1:1:x';
      UPDATE marks SET name = 'another-boot:1:1:1:x' WHERE kind = 'sign';`);
    db.close();
    clock.at += 29_999;
    expect(await store.reserve(command({ id: "mine" }))).toMatchObject({ outcome: "queued" });
    clock.at += 1;
    const mine = await admitted(store, command({ id: "mine" }));
    expect((await store.view("account", ofDay)).windows[0]?.used).toBe(50);
    expect(await holds(store, lost.id, fence)).toBe(false);
    // Its true cost takes the place of the guess, once, and frees nothing.
    expect(await store.settle(lost.id, fence + 1, settlement(9))).toBe(false);
    expect(await store.settle(lost.id, fence, settlement(7))).toBe(true);
    expect(await store.settle(lost.id, fence, settlement(8))).toBe(false);
    expect(await store.view("account", ofDay)).toMatchObject({ running: 1, windows: [{ used: 7, held: 100 }] });
    expect(await holds(store, "mine", mine.fence)).toBe(true);
  });

  it("of this machine as well, however long its process lives; a sign gives it another lease, its tickets too", async () => {
    const path = temporaryFile();
    const clock = { at: NOON };
    const [store, other] = [await openSqlite(path, clock), await openSqlite(path, clock)];
    const [running, waiting] = [command({ heldApiTokens: 50 }), command()];
    const { fence } = await admitted(other, running);
    expect(await other.reserve(waiting)).toMatchObject({ outcome: "queued" });
    const mine = command({ id: "mine" });
    clock.at += 29_999;
    expect(await store.reserve(mine)).toMatchObject({ outcome: "queued", position: 1 });
    expect(await holds(other, running.id, fence)).toBe(true);
    clock.at += 29_999;
    expect(await store.reserve(mine)).toMatchObject({ outcome: "queued", position: 1 });
    clock.at += 1;
    await admitted(store, mine);
    expect(await store.view("account", ofDay)).toMatchObject({ running: 1, waiting: 0, windows: [{ used: 50 }] });
    // Its calls are told to it as lost, and its ticket begins anew.
    expect(await holds(other, running.id, fence)).toBe(false);
    expect(await other.reserve(waiting)).toMatchObject({ outcome: "queued", position: 0 });
  });

  it("and comes back has its tickets again in their order, before those that it was asked for since", async () => {
    const path = temporaryFile();
    const clock = { at: NOON };
    const [store, other] = [await openSqlite(path, clock), await openSqlite(path, clock)];
    const running = command({ leaseMs: DAY_MS });
    const { fence } = await admitted(store, running);
    const [first, second, third] = [command(), command(), command()];
    await other.reserve(first);
    await other.reserve(second);
    clock.at += 30_000;
    const mine = command();
    expect(await store.reserve(mine)).toMatchObject({ outcome: "queued", position: 0 });
    expect(await other.reserve(third)).toMatchObject({ outcome: "queued", position: 1 });
    // Of an engine's calls the first alone asks again: it may not stand behind the others.
    expect(await other.reserve(first)).toMatchObject({ outcome: "queued", position: 1 });
    expect(await store.view("account", [])).toMatchObject({ waiting: 4 });
    expect(await other.reserve(second)).toMatchObject({ position: 2 });
    expect(await other.reserve(third)).toMatchObject({ position: 3 });
    await other.cancel(first.id);
    expect(await other.reserve(second)).toMatchObject({ position: 1 });
    await store.settle(running.id, fence, settlement(1));
    await admitted(store, mine);
  });

  it("in a thread that was terminated holds nobody up for longer than its lease", async () => {
    const path = temporaryFile();
    const file = (name: string) => fileURLToPath(new URL(`../../testing/${name}`, import.meta.url));
    const worker = new Worker(file("hold-lease.ts"), {
      argv: [path, "321"],
      execArgv: ["--experimental-strip-types", "--import", file("register-typescript.mjs")],
      stdout: true,
    });
    expect(String((await once(worker.stdout, "data"))[0])).toBe("admitted\n");
    await worker.terminate();
    const clock = { at: Date.now() };
    const store = await openSqlite(path, clock);
    const mine = command({ id: "mine", windows: [] });
    expect(await store.reserve(mine)).toMatchObject({ outcome: "queued" });
    clock.at += 30_000;
    await admitted(store, mine);
    expect((await store.view("account", ofWeek)).windows[0]).toMatchObject({ used: 321 });
  });

  it("is told from a living one by pid, start time, boot and container", async () => {
    const { id, stateOf } = await createHolder();
    const [boot, namespace, pid, start] = id.split(":");
    expect(stateOf(id)).toBe("alive");
    expect(stateOf([boot, namespace, process.ppid, ""].join(":"))).toBe("alive");
    // Another engine of this process.
    expect(stateOf([boot, namespace, pid, start, "another"].join(":"))).toBe("alive");
    expect((await createHolder()).id).not.toBe(id);
    expect(stateOf([boot, namespace, process.ppid, start].join(":"))).toBe("dead");
    expect(stateOf([boot, namespace, 4_194_304, start].join(":"))).toBe("dead");
    expect(stateOf([boot, "999", pid, start].join(":"))).toBe("unknown");
    expect(stateOf(["other", namespace, pid, start].join(":"))).toBe("unknown");
    expect(stateOf("nonsense")).toBe("unknown");
  });

  it("is dead as well while nobody has collected it, as in a container without an init", async () => {
    // The shell becomes a sleep that never asks after the child it has inherited.
    const parent = spawn("sh", ["-c", "sleep 60 & echo $!; exec sleep 60"], { stdio: ["ignore", "pipe", "ignore"] });
    onTestFinished(() => void parent.kill("SIGKILL"));
    const [line] = await once(parent.stdout, "data");
    const zombie = Number(String(line).trim());
    // While it is a shell still, it would collect the child.
    await expect.poll(() => readFileSync(`/proc/${parent.pid}/comm`, "utf8")).toBe("sleep\n");
    process.kill(zombie, "SIGKILL");
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
    expect(await store.view("account", ofWeek)).toMatchObject({
      running: 0,
      waiting: 0,
      windows: [{ used: 45, held: 0 }],
    });
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

  it("give those who wait for another's lock their tickets in the order in which they came", async () => {
    const path = temporaryFile();
    const store = await openSqlite(path, realNow());
    await admitted(store, command({ windows: [] }));
    const child = startChild("hold-lock.ts", path);
    await child.line("locked");
    const asking = Array.from({ length: 6 }, () => store.reserve(command({ windows: [] })));
    // Each has found the lock taken by then.
    await new Promise((resolve) => setImmediate(resolve));
    await child.kill("SIGKILL");
    expect((await Promise.all(asking)).map((answer) => answer.outcome === "queued" && answer.position)).toEqual([
      0, 1, 2, 3, 4, 5,
    ]);
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
    expect((await store.view("account", ofDay)).windows[0]?.used).toBe(40);
    expect(await other.learned("account", "price:key")).toBe(NOON + DAY_MS);
    await spend(other, 2);
    expect((await store.view("account", ofDay)).windows[0]?.used).toBe(42);
  });
});

describe("a file that can't be used", () => {
  const open = (path: string, warnings: string[]) =>
    openLedger({
      ledger: `sqlite:${path}`,
      durability: "process",
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
      /has format 7, this version of laplas writes format 4\. Update laplas.*LAPLAS_LEDGER/,
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
