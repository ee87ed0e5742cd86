import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { expect, it } from "vitest";
import { admitted, command, DAY_MS, daily, NOON, openSqlite, settlement, temporaryFile } from "../../testing/ledger.js";
import { parseLane } from "../lane.js";
import { type CountedRow, drainedLevel } from "../window-time.js";

const windows = [
  { ...daily, limit: 3_000 },
  { ...daily, id: "hour", period: { type: "hour" }, meter: "requests", scope: "model", limit: 6 },
  { ...daily, id: "rolling", period: { type: "rolling", spanMs: 90_000 }, limit: 2_000 },
  { ...daily, id: "bucket", period: { type: "bucket", spanMs: 60_000 }, limit: 600 },
] as const;

const action = fc.record({
  kind: fc.constantFrom(
    "reserve",
    "reserve",
    "settle",
    "settle",
    "cancel",
    "heartbeat",
    "clock",
    "view",
    "spend",
    "redate",
    "use",
    "use",
  ),
  call: fc.nat(29),
  cost: fc.nat(300),
  /** Past the lease of another holder, over the edges of windows, and back. */
  byMs: fc.constantFrom(
    0,
    1,
    500,
    5_000,
    40_000,
    3_600_000,
    43_200_000,
    86_400_000,
    -1_000,
    -7_200_000,
    20 * DAY_MS,
    -20 * DAY_MS,
  ),
});

/** What has to stand in the table of sums, by kind, name and key, as it follows from the other tables. */
function derive(db: DatabaseSync): Map<string, number> {
  const expected: Map<string, number> = new Map();
  const add = (kind: string, name: string, calls: number, amount: number, fences = 0): void => {
    for (const [what, by] of [
      ["calls", calls],
      ["amount", amount],
      ["fences", fences],
    ] as const) {
      const key = `${kind}/${name}/${what}`;
      expected.set(key, (expected.get(key) ?? 0) + by);
    }
  };
  for (const { phase, lane } of db.prepare("SELECT phase, lane FROM calls WHERE phase <> 'settled'").all()) {
    if (phase === "waiting") add("lane", String(lane), 1, 0);
    else {
      add("running", "", 1, 0);
      for (const slot of parseLane(String(lane)).slots) add("slot", slot, 1, 0);
    }
  }
  const open = db
    .prepare(
      `SELECT charges.phase, bucket, amount, fence FROM charges JOIN calls ON calls.seq = call WHERE calls.phase <> 'settled'`,
    )
    .all();
  for (const { phase, bucket, amount, fence } of open) {
    // A call that was charged at its start runs as well, and holds nothing more.
    const kind = phase === "charged" ? "held" : String(phase);
    add(kind, String(bucket), 1, phase === "charged" ? 0 : Number(amount), Number(fence));
  }
  return expected;
}

function expectSums(path: string): void {
  const db = new DatabaseSync(path);
  try {
    const totals: Map<string, number> = new Map();
    for (const { kind, name, key, from_at: from, amount, calls } of db.prepare("SELECT * FROM sums").all()) {
      const rows = db
        .prepare("SELECT at, amount FROM charges WHERE bucket = ? AND phase = 'charged' ORDER BY at, call")
        .all(String(name))
        .map((row): CountedRow => ({ at: Number(row.at), amount: Number(row.amount) }));
      if (kind === "window") {
        const counted = rows.filter(({ at }) => at >= Number(from));
        expect(amount).toBe(counted.reduce((sum, row) => sum + row.amount, 0));
      } else if (kind === "level") {
        const [limit = 0, spanMs = 0] = String(key).split("/").map(Number);
        const before = rows.filter(({ at }) => at <= Number(from));
        const start = { at: before[0]?.at ?? 0, level: 0 };
        expect(amount).toBeCloseTo(drainedLevel({ limit, spanMs }, start, before, Number(from)), 6);
      } else {
        totals.set(`${kind}/${name}/calls`, Number(calls));
        totals.set(`${kind}/${name}/fences`, Number(from));
        // Of those that run it is the newest fence.
        if (kind !== "running") totals.set(`${kind}/${name}/amount`, Number(amount));
        else expect(amount).toBeGreaterThanOrEqual(Number(db.prepare("SELECT MAX(fence) AS n FROM calls").get()?.n));
      }
    }
    const names = new Set([...totals.keys(), ...derive(db).keys()]);
    const expected = derive(db);
    for (const name of names) expect([name, totals.get(name) ?? 0]).toEqual([name, expected.get(name) ?? 0]);
    const orphans = "SELECT COUNT(*) AS n FROM charges WHERE call NOT IN (SELECT seq FROM calls)";
    expect(db.prepare(orphans).get()?.n).toBe(0);
  } finally {
    db.close();
  }
}

it("each sum is that of its rows, after any commands of two engines", { timeout: 120_000 }, async () => {
  const kinds: Set<string> = new Set();
  let lastFence = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(action, { minLength: 20, maxLength: 150 }),
      fc.constantFrom<"start" | "end">("start", "end"),
      fc.constantFrom(1, 3, null),
      async (actions, countFrom, concurrency) => {
        const path = temporaryFile();
        const clock = { at: NOON };
        const stores = [await openSqlite(path, clock), await openSqlite(path, clock)] as const;
        const fences: Map<string, number> = new Map();
        const generations: Map<number, number> = new Map();
        for (const { kind, call, cost, byMs } of actions) {
          const store = stores[call % 2 === 0 ? 0 : 1];
          const model = call % 3 === 0 ? "a" : "b";
          const id = `${call}-${generations.get(call) ?? 0}`;
          const wanted = command({ id, model, windows, countFrom, concurrency, heldApiTokens: call * 10 });
          const fence = fences.get(id);
          if (kind === "clock") clock.at += byMs;
          if (kind === "view") await store.view("account", wanted.claims);
          if (kind === "redate") await store.redate?.("account");
          if (kind === "cancel") await store.cancel(id);
          if (kind === "heartbeat") await store.heartbeat("account", [{ id, fence: fence ?? 0 }], 30_000);
          if (kind === "reserve") {
            const answer = await store.reserve(wanted).catch(() => undefined);
            if (answer?.outcome === "admitted") {
              fences.set(id, answer.fence);
              lastFence = answer.fence;
            }
          }
          // The server counts more than there is, or less.
          const claim = wanted.claims[call % windows.length];
          if (kind === "use" && claim !== undefined)
            await store.teach("account", [{ kind: "use", claim, used: cost * (call % 5), fence: fence ?? lastFence }]);
          // Enough for sums to be written down.
          for (let number = 0; kind === "spend" && number < 10; number += 1) {
            const spent = command({ model, windows: [], concurrency: null, countFrom });
            const { fence: given } = await admitted(store, spent);
            await store.settle(spent.id, given, settlement(cost));
          }
          if (kind === "settle" && fence !== undefined) {
            await store.settle(id, fence, settlement(cost, { lingerMs: cost % 5 === 0 ? 3_000 : 0 }));
            generations.set(call, (generations.get(call) ?? 0) + 1);
          }
          expectSums(path);
        }
        const db = new DatabaseSync(path);
        for (const row of db.prepare("SELECT DISTINCT kind FROM sums").all()) kinds.add(String(row.kind));
        if (Number(db.prepare("SELECT SUM(reclaimed) AS n FROM calls").get()?.n) > 0) kinds.add("a reclaimed call");
        for (const row of db
          .prepare(
            "SELECT DISTINCT SIGN(amount) AS sign FROM charges WHERE call IN (SELECT seq FROM calls WHERE holder = '')",
          )
          .all())
          kinds.add(`a correction of sign ${row.sign}`);
        db.close();
        for (const store of stores) await store.close();
      },
    ),
    { numRuns: 60 },
  );
  expect([...kinds].toSorted()).toEqual(
    [
      ...["a correction of sign -1", "a correction of sign 1", "a reclaimed call"],
      ...["held", "lane", "level", "queued", "running", "slot", "window"],
    ].toSorted(),
  );
});
