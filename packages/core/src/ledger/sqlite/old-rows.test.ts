import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";
import {
  block,
  claimsOf,
  DAY_MS,
  daily,
  NOON,
  openSqlite,
  spend,
  teachBlock,
  teachUse,
  teachValue,
  temporaryFile,
} from "../../testing/ledger.js";
import { ALWAYS_KEPT } from "./old-rows.js";

const unlimited = { ...daily, limit: 1e9 };
const season = { ...unlimited, period: { type: "rolling", spanMs: 100 * DAY_MS } } as const;

/** A file with so many calls of 1 API token, each list of them at a moment. */
async function fileOf(...lists: readonly CallList[]): Promise<string> {
  const path = temporaryFile();
  await (await openSqlite(path, { at: NOON })).close();
  addCalls(path, ...lists);
  return path;
}

interface CallList {
  readonly count: number;
  readonly at: number;
}

function addCalls(path: string, ...lists: readonly CallList[]): void {
  const db = new DatabaseSync(path);
  for (const { count, at } of lists) {
    db.exec(`
      WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})
        INSERT INTO calls (id, account, label, lane, holder, phase, started_at, charged_at, free_at)
        SELECT 'old-${at}-' || i, 'account', 'a', char(10, 10), 'x', 'settled', ${at}, ${at}, ${at} FROM n;`);
  }
  db.exec("INSERT INTO charges SELECT seq, account, 'credits', 'charged', charged_at, 1 FROM calls WHERE holder = 'x'");
  db.close();
}

/** How many calls are left, and how many charges. */
function counts(path: string): unknown[] {
  const db = new DatabaseSync(path);
  const row = db.prepare("SELECT (SELECT COUNT(*) FROM calls), (SELECT COUNT(*) FROM charges)").get() ?? {};
  db.close();
  return Object.values(row);
}

describe("calls that no window counts any more", () => {
  it("go when the file is opened, some at a time, with what was taught before them; sums are right after it", async () => {
    const path = await fileOf({ count: 3_000, at: NOON - 40 * DAY_MS }, { count: ALWAYS_KEPT + 1, at: NOON });
    const clock = { at: NOON - 41 * DAY_MS };
    const first = await openSqlite(path, clock);
    await teachValue(first, "old", 1);
    clock.at = NOON;
    await teachValue(first, "new", 2);
    expect((await first.view("account", claimsOf([season]))).windows[0]?.used).toBe(3_000 + ALWAYS_KEPT + 1);
    for (const left of [1_000, 0, 0]) {
      const store = await openSqlite(path, clock);
      expect(counts(path)).toEqual([left + ALWAYS_KEPT + 1, left + ALWAYS_KEPT + 1]);
      expect((await store.view("account", claimsOf([season]))).windows[0]?.used).toBe(left + ALWAYS_KEPT + 1);
    }
    expect([await first.learned("account", "old"), await first.learned("account", "new")]).toEqual([null, 2]);
  });

  it("go with what was used elsewhere beside them, and leave a block that no clock ends", async () => {
    const path = temporaryFile();
    const clock = { at: NOON - 41 * DAY_MS };
    const first = await openSqlite(path, clock);
    for (const used of [500, 20, 700]) await teachUse(first, season, used, 1);
    const century = { until: clock.at + 36_525 * DAY_MS, longestMs: 36_525 * DAY_MS };
    const off = { ...century, name: "model:a", code: "payment_required", needsProbe: false } as const;
    await teachBlock(first, off);
    clock.at += DAY_MS;
    await spend(first, 1);
    expect(counts(path)).toEqual([4, 4]);
    addCalls(path, { count: ALWAYS_KEPT + 1, at: NOON });
    clock.at = NOON;
    const store = await openSqlite(path, clock);
    expect(counts(path)).toEqual([ALWAYS_KEPT + 1, ALWAYS_KEPT + 1]);
    const view = await store.view("account", claimsOf([season]));
    expect(view).toMatchObject({ windows: [{ used: ALWAYS_KEPT + 1 }], blocks: [block(off)] });
    // Whose answer was the newest then is forgotten.
    await teachUse(store, season, ALWAYS_KEPT + 2, 0);
    expect((await store.view("account", claimsOf([season]))).windows[0]?.used).toBe(ALWAYS_KEPT + 2);
  });

  it("stay while they are few, whatever their age", async () => {
    const path = await fileOf({ count: ALWAYS_KEPT, at: NOON - 400 * DAY_MS });
    await openSqlite(path, { at: NOON });
    expect(counts(path)).toEqual([ALWAYS_KEPT, ALWAYS_KEPT]);
  });

  it("are not told from those of today by a clock that is wrong once", async () => {
    const path = await fileOf({ count: ALWAYS_KEPT + 1_380, at: NOON });
    const clock = { at: NOON + 40 * DAY_MS };
    for (let times = 0; times < 2; times += 1) {
      const ahead = await openSqlite(path, clock);
      // Enough for the file to be cleaned on the way.
      for (let call = 0; call < 1_001; call += 1) await spend(ahead, 1, { windows: [] });
      await ahead.close();
    }
    clock.at = NOON;
    const store = await openSqlite(path, clock);
    const used = async () => (await store.view("account", claimsOf([unlimited]))).windows[0]?.used;
    // Those that were made under it count once their time comes, or is corrected.
    expect(await used()).toBe(ALWAYS_KEPT + 1_380);
    await store.redate?.("account");
    expect(await used()).toBe(ALWAYS_KEPT + 1_380 + 2_002);
  });
});
