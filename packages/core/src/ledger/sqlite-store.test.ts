import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it, onTestFinished } from "vitest";
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

const query = { account: "account", model: "gpt-4o-mini", windows: [daily] };
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
      "account api_tokens class ended_at estimated expires_at held_api_tokens holder id model probe seq started_at state surface".split(
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
  it("is found at once: the row it left is charged, and its place is free", async () => {
    const path = temporaryFile();
    const child = startChild("hold-lease.ts", path, "321");
    await child.line("admitted");
    const store = await openSqlite(path, realNow());
    expect(await store.reserve(command({ id: "mine", windows: [] }))).toMatchObject({ outcome: "queued" });
    await child.kill("SIGKILL");
    await admitted(store, command({ id: "mine", windows: [] }));
    const { windows } = await store.view(query);
    expect(windows[0]?.used).toBe(321);
    // A guess teaches nothing about costs.
    expect(await store.recentCosts("account", "gpt-4o-mini", 9)).toEqual([]);
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
    const seen = { peeked: await store.peek(command()), viewed: await store.view(query) };
    expect(await store.reserve(command())).toMatchObject({ outcome: "denied", used: 1_500 });
    expect(seen.peeked).toMatchObject({ outcome: "denied", used: 1_500 });
    expect(seen.viewed).toMatchObject({ running: 0, windows: [{ used: 1_500, held: 0 }] });
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
    expect(await store.view(query)).toMatchObject({ running: 0, waiting: 0, windows: [{ used: 45, held: 0 }] });
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
    });

  it("because it is damaged is moved aside, with one warning, and a new one serves", async () => {
    const path = temporaryFile();
    writeFileSync(path, "This is no database. ".repeat(500));
    const warnings: string[] = [];
    const store = await open(path, warnings);
    expect(store.name).toBe("sqlite");
    await spend(store, 1);
    await store.close();
    const aside = `${path}.damaged-2026-03-10T12-00-00-000Z`;
    expect(warnings).toEqual([expect.stringMatching(/is damaged and was moved to .* A new one starts empty/)]);
    expect(warnings[0]).toContain(aside);
    expect(readFileSync(aside, "utf8")).toMatch(/^This is no database/);
    expect(statSync(path).mode & 0o777).toBe(0o600);
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
      /has format 7, this version of laplas writes format 2\. Update laplas.*LAPLAS_LEDGER/,
    );
    expect(warnings).toEqual([]);
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it.each<[string, (path: string) => string]>([
    [
      "below a file",
      (path) => {
        writeFileSync(path, "a file");
        return join(path, "ledger.sqlite");
      },
    ],
    ["in a file system without files", () => "/proc/laplas/ledger.sqlite"],
    [
      "a directory",
      (path) => {
        mkdirSync(path);
        return path;
      },
    ],
  ])("because it is %s: memory serves, with one warning", async (_, make) => {
    const path = make(temporaryFile());
    const warnings: string[] = [];
    const store = await open(path, warnings);
    expect(store.name).toBe("memory");
    expect(warnings).toEqual([
      expect.stringMatching(/can't be used, so the account is kept in memory: .*Option "ledger" \(LAPLAS_LEDGER\)/),
    ]);
    expect(warnings[0]).toContain(path);
    await spend(store, 1);
  });

  it("is used as it is when its mode is wider: it is the owner's", async () => {
    const path = temporaryFile();
    writeFileSync(path, "");
    chmodSync(path, 0o644);
    await openSqlite(path, { at: NOON });
    expect(existsSync(path)).toBe(true);
  });
});
