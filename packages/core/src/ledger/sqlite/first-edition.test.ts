import { readdirSync } from "node:fs";
import { basename, dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";
import { type Child, startChild } from "../../testing/child.js";
import { admitted, command, DAY_MS, openSqlite, settlement, temporaryFile } from "../../testing/ledger.js";
import type { Claim, LedgerStore } from "../ledger-store.js";

const week = { type: "rolling", spanMs: 7 * DAY_MS } as const;

/** What a process of the first edition leaves: see `testing/first-edition.mjs`. */
async function oldProcess(path: string): Promise<Child> {
  const child = startChild("first-edition.mjs", path);
  expect(await child.line("waiting")).toMatch(/^waiting \{"outcome":"queued","position":0/);
  return child;
}

async function used(store: LedgerStore, bucket = "credits") {
  const claim: Claim = {
    bucket,
    rule: "a rule",
    limit: 1e9,
    period: week,
    marginMs: 0,
    mustFit: false,
  };
  const { windows } = await store.view("account", [claim]);
  return [windows[0]?.used, windows[0]?.held];
}

function bucketsIn(path: string): unknown[] {
  const db = new DatabaseSync(path);
  const buckets = db.prepare("SELECT DISTINCT bucket FROM charges ORDER BY bucket").all();
  db.close();
  return buckets.map(({ bucket }) => bucket);
}

describe("a file of the first edition, which a process of that edition has open", () => {
  it("is brought along with all it holds", async () => {
    const path = temporaryFile();
    await oldProcess(path);
    const store = await openSqlite(path, { at: Date.now() });
    expect(await store.view("account", [])).toMatchObject({ running: 1, waiting: 0, blocks: [] });
    // All that was used, and what runs, in the buckets of the account and of each model, whatever the class and the surface.
    expect(await used(store)).toEqual([11 + 40 + 25 + 7, 70]);
    expect(await used(store, "credits:regular-model")).toEqual([40 + 7, 70]);
    expect(await used(store, "credits:pro-model")).toEqual([25, 0]);
    expect(await used(store, "requests")).toEqual([3, 1]);
    expect(await used(store, "requests:regular-model")).toEqual([2, 1]);
    expect(await used(store, "requests:pro-model")).toEqual([1, 0]);
    expect(bucketsIn(path)).toEqual([
      ...["credits", "credits:pro-model", "credits:regular-model"],
      ...["requests", "requests:pro-model", "requests:regular-model"],
    ]);
    // A guess teaches nothing about costs.
    expect(await store.recentCosts("account", "regular-model", "credits", 9)).toEqual([40, 11]);
    expect(await store.learned("account", "hour")).toBe(5);
    const blocked = command({ account: "blocked", scopes: ["account"] });
    expect(await store.reserve(blocked)).toMatchObject({ outcome: "denied", reason: "upstream", rule: "upstream" });
    const [block] = (await store.view("blocked", [])).blocks;
    expect(block).toMatchObject({ name: "account", code: "daily_quota", needsProbe: true });
    expect(await store.liveCalls("account", 9)).toMatchObject([{ label: "regular-model", state: "running" }]);
  });

  it("is of no use to that process any more, which sends nothing, writes nothing and opens no other", async () => {
    const path = temporaryFile();
    const child = await oldProcess(path);
    const store = await openSqlite(path, { at: Date.now() });
    const mine = command({ windows: [] });
    expect(await store.reserve(mine)).toMatchObject({ outcome: "queued", position: 0 });
    const before = await store.view("account", []);
    const pid = Number((await child.line("pid ")).slice("pid ".length));
    process.kill(pid, "SIGUSR2");
    await child.line("done");
    for (const step of ["asks again", "asks", "peeks", "heartbeat", "blocks", "learns", "settles", "cancels"]) {
      expect(await child.line(`${step} `)).toMatch(/failed: LedgerError: The ledger \S+ failed, so nothing was sent/);
    }
    expect(child.output()).not.toContain("warning");
    expect(await store.view("account", [])).toEqual(before);
    expect(await used(store)).toEqual([11 + 40 + 25 + 7, 70]);
    expect(readdirSync(dirname(path)).toSorted()).toEqual(
      ["", "-lock", "-shm", "-wal"].map((suffix) => basename(path) + suffix),
    );
  });

  it("is refused when that edition opens it", async () => {
    const path = temporaryFile();
    await (await openSqlite(path, { at: Date.now() })).close();
    const child = startChild("first-edition.mjs", path, "open");
    expect(await child.line("opened ")).toMatch(
      /failed: LedgerError: The ledger \S+ has format 4, this version of laplas writes format 3\. Update laplas/,
    );
  });

  it("has the call that runs there charged and its slot freed when its process dies", async () => {
    const path = temporaryFile();
    const child = await oldProcess(path);
    const clock = { at: Date.now() };
    const store = await openSqlite(path, clock);
    const mine = command({ windows: [] });
    expect(await store.reserve(mine)).toMatchObject({ outcome: "queued" });
    await child.kill("SIGKILL");
    // Its request may run on for a moment.
    expect(await store.reserve(mine)).toMatchObject({ outcome: "queued" });
    expect(await used(store)).toEqual([11 + 40 + 25 + 7 + 70, 0]);
    clock.at += 10_000;
    const { fence } = await admitted(store, mine);
    expect(await store.settle(mine.id, fence, settlement(1))).toBe(true);
  });

  it("waits no longer for that call than a lease, since its process can't say how it ended", async () => {
    const path = temporaryFile();
    await oldProcess(path);
    const clock = { at: Date.now() };
    const store = await openSqlite(path, clock);
    const mine = command({ windows: [] });
    clock.at += 29_000;
    expect(await store.reserve(mine)).toMatchObject({ outcome: "queued" });
    clock.at += 1_000;
    await admitted(store, mine);
    expect(await used(store)).toEqual([11 + 40 + 25 + 7 + 70, 100]);
  });
});
