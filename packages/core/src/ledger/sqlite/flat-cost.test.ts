import { DatabaseSync } from "node:sqlite";
import { describe, expect, it, onTestFinished } from "vitest";
import {
  admitted,
  claimsOf,
  command,
  DAY_MS,
  daily,
  NOON,
  openSqlite,
  settlement,
  teachUse,
  temporaryFile,
} from "../../testing/ledger.js";
import { prepareRows } from "./sqlite-rows.js";
import { createSqliteStore } from "./sqlite-store.js";

const DAY_OF_CALLS = 100_000;
const MOST_READ = 64;

const roomy = { ...daily, limit: 1e9 };
const windows = [
  roomy,
  { ...roomy, id: "rolling", period: { type: "rolling", spanMs: DAY_MS } },
  { ...roomy, id: "month", period: { type: "month", zone: "Europe/Berlin", resetHour: 0 } },
  { ...roomy, id: "requests", meter: "requests" },
  { ...roomy, id: "model", meter: "requests", scope: "model" },
  { ...roomy, id: "bucket", period: { type: "bucket", spanMs: 60_000 } },
] as const;

/** A file in which calls ended all through the last day. */
async function busyFile(): Promise<string> {
  const path = temporaryFile();
  const store = await openSqlite(path, { at: NOON });
  await store.close();
  const db = new DatabaseSync(path);
  db.exec(`
    BEGIN;
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${DAY_OF_CALLS})
      INSERT INTO calls (seq, id, account, label, lane, holder, phase, fence, started_at, charged_at, free_at)
      SELECT i, 'old-' || i, 'account', 'gpt-4o-mini', char(10, 10) || 'account', 'x', 'settled', i, at, at, at
      FROM (SELECT i, ${NOON - DAY_MS} + i * ${DAY_MS / DAY_OF_CALLS} AS at FROM n);
    ${["credits", "requests", "requests:gpt-4o-mini"]
      .map(
        (bucket) =>
          `INSERT INTO charges SELECT seq, account, '${bucket}', 'charged', charged_at, ${bucket === "credits" ? 3 : 1} FROM calls;`,
      )
      .join("")}
    INSERT INTO sums (account, kind, name, amount) VALUES ('account', 'running', '', ${DAY_OF_CALLS});
    COMMIT;`);
  db.close();
  return path;
}

/** A store on a file, and what its steps read. */
async function openCounted(path: string, clock: { at: number }) {
  let reads = 0;
  const store = await createSqliteStore({
    path,
    synchronous: "normal",
    now: () => clock.at,
    warn: () => {},
    onRead: () => {
      reads += 1;
    },
  });
  onTestFinished(() => store.close());
  const readsOf = async (step: () => Promise<unknown>): Promise<number> => {
    reads = 0;
    await step();
    return reads;
  };
  return { store, readsOf };
}

/** The most rows that each kind of step has read, over calls at the pace of the day. */
async function playDay(
  { store, readsOf }: Awaited<ReturnType<typeof openCounted>>,
  clock: { at: number },
  calls: number,
) {
  const most: Record<string, number> = {};
  const step = async (name: string, work: () => Promise<unknown>): Promise<void> => {
    most[name] = Math.max(most[name] ?? 0, await readsOf(work));
  };
  for (let number = 0; number < calls; number += 1) {
    clock.at += DAY_MS / DAY_OF_CALLS;
    const [call, waiting] = [command({ windows }), command({ windows })];
    await step("peek", () => store.peek(call));
    let fence = 0;
    await step("reserve", async () => {
      fence = (await admitted(store, call)).fence;
    });
    await step("queue", () => store.reserve(waiting));
    await step("ask again", () => store.reserve(waiting));
    await step("heartbeat", () => store.heartbeat("account", [{ id: call.id, fence }], 30_000));
    await step("view", () => store.view("account", claimsOf(windows)));
    await step("cancel", () => store.cancel(waiting.id));
    await step("settle", () => store.settle(call.id, fence, settlement(3)));
  }
  return most;
}

describe("a day of 100,000 calls", () => {
  it("costs a step no more than 64 rows once its sums are there, and counts right", { timeout: 60_000 }, async () => {
    const clock = { at: NOON };
    const counted = await openCounted(await busyFile(), clock);
    const { store, readsOf } = counted;
    const claims = claimsOf(windows);
    // Counted once.
    expect(await readsOf(() => store.view("account", claims))).toBeGreaterThan(DAY_OF_CALLS);
    const used = async () => (await store.view("account", claims)).windows.map((window) => window.used);
    const before = await used();
    expect(before[1]).toBe(3 * DAY_OF_CALLS);

    const most = await playDay(counted, clock, 200);
    const tooMany = Object.entries(most).filter(([, reads]) => reads > MOST_READ);
    expect(tooMany).toEqual([]);
    expect(Object.values(most).every((reads) => reads > 0)).toBe(true);
    // As many have left the last 24 hours as have come.
    expect(await used()).toEqual([
      (before[0] ?? 0) + 600,
      before[1],
      (before[2] ?? 0) + 600,
      (before[3] ?? 0) + 200,
      (before[4] ?? 0) + 200,
      expect.any(Number),
    ]);
  });

  it("costs no more while calls of a time far ahead stand in the file, which count in no window", async () => {
    const clock = { at: NOON };
    const path = await busyFile();
    const db = new DatabaseSync(path);
    db.exec(`
      WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
        INSERT INTO charges SELECT i + 1e6, 'account', 'credits', 'charged', ${NOON + 20 * DAY_MS} + i, 3 FROM n`);
    db.close();
    const counted = await openCounted(path, clock);
    const used = async () => (await counted.store.view("account", claimsOf(windows))).windows[1]?.used;
    expect(await used()).toBe(3 * DAY_OF_CALLS);
    const most = await playDay(counted, clock, 50);
    expect(Object.entries(most).filter(([, reads]) => reads > MOST_READ)).toEqual([]);
    expect(await used()).toBe(3 * DAY_OF_CALLS);
  });

  it("costs no more when it ends, and all of its rows leave at once", async () => {
    const clock = { at: NOON };
    const { store, readsOf } = await openCounted(await busyFile(), clock);
    const claims = claimsOf([roomy]);
    await store.view("account", claims);
    clock.at += DAY_MS;
    expect(await readsOf(() => admitted(store, command({ windows: [roomy] })))).toBeLessThanOrEqual(MOST_READ);
    expect((await store.view("account", claims)).windows[0]?.used).toBe(0);
  });

  it("costs a lesson no more, above what is charged and below it, with many calls that run elsewhere", async () => {
    const clock = { at: NOON };
    const { store, readsOf } = await openCounted(await busyFile(), clock);
    await store.view("account", claimsOf(windows));
    const perModel = windows[4];
    const free = { windows: [perModel], concurrency: null };
    for (let number = 0; number < 200; number += 1)
      await admitted(store, command({ ...free, model: `model-${number}` }));
    const { fence } = await admitted(store, command(free));
    const most: Record<string, number> = {};
    for (const rule of windows) {
      for (const used of [5 * DAY_OF_CALLS, 7])
        most[`${rule.id} ${used}`] = await readsOf(() => teachUse(store, rule, used, fence));
    }
    expect(Object.entries(most).filter(([, reads]) => reads > MOST_READ)).toEqual([]);
    expect(Object.values(most).every((reads) => reads > 0)).toBe(true);
    // What costs is counted for all calls, of which many run; the model's own call is alone.
    const [costs, model] = (await store.view("account", claimsOf([windows[0], perModel]))).windows;
    expect((costs?.used ?? 0) + (costs?.held ?? 0)).toBeGreaterThanOrEqual(5 * DAY_OF_CALLS);
    expect(model?.used).toBe(7);
  });

  it("costs a denial no more: when a full rolling window frees is then told from its oldest rows", async () => {
    const clock = { at: NOON };
    const { store, readsOf } = await openCounted(await busyFile(), clock);
    const full = { ...windows[1], limit: 1_000 };
    await store.view("account", claimsOf([full]));
    const reads = await readsOf(() => store.reserve(command({ windows: [full] })));
    expect(reads).toBeGreaterThan(10);
    expect(reads).toBeLessThanOrEqual(MOST_READ);
    expect(await store.reserve(command({ windows: [full] }))).toMatchObject({
      outcome: "denied",
      used: 3 * DAY_OF_CALLS,
    });
  });
});

it("no statement reads all calls or all charges", async () => {
  const path = temporaryFile();
  await (await openSqlite(path, { at: NOON })).close();
  const db = new DatabaseSync(path);
  onTestFinished(() => db.close());
  const { texts } = prepareRows(db);
  expect(texts.length).toBeGreaterThan(30);
  for (const text of texts) {
    const plan = db.prepare(`EXPLAIN QUERY PLAN ${text}`).all(...Array(text.split("?").length - 1).fill(0));
    const scans = plan.map(({ detail }) => String(detail)).filter((detail) => /^SCAN (calls|charges)/.test(detail));
    expect({ text, scans }).toEqual({ text, scans: [] });
  }
});
