import { isInForce } from "../admit.js";
import { correctionFor, type UseLesson } from "../correction.js";
import { countedAfter } from "../counted.js";
import { laneOf } from "../lane.js";
import type { Lesson } from "../ledger-store.js";
import type { BucketRow } from "./bucket-rows.js";
import { bucketOf, dropLingered, type MemoryAccount, type MemoryRow } from "./memory-accounts.js";
import { countOf } from "./memory-decision.js";

/** Takes a lesson into an account. */
export function teach(account: MemoryAccount, lesson: Lesson, now: number, onRead: () => void): void {
  switch (lesson.kind) {
    case "value":
      account.learned.set(lesson.key, lesson.value);
      return;
    case "count": {
      const counted = countedAfter(account.learned.get(lesson.key), lesson.by);
      if (counted !== undefined) account.learned.set(lesson.key, counted);
      return;
    }
    case "block": {
      const { kind: _, ...block } = lesson;
      const found = account.blocks.get(block.name);
      if (found === undefined || !isInForce(found, now) || found.until < block.until)
        account.blocks.set(block.name, block);
      return;
    }
    case "lift":
      account.blocks.delete(lesson.name);
      return;
    case "use":
      hearUse(account, lesson, now, onRead);
  }
}

function hearUse(account: MemoryAccount, lesson: UseLesson, now: number, onRead: () => void): void {
  const { claim, fence } = lesson;
  const { bucket } = claim;
  const amount = correctionFor(lesson, {
    count: countOf(account, claim, now, onRead),
    newestFence: account.heard.get(bucket) ?? 0,
    hasOthers: () => hasOthers(account, bucket, fence, now),
  });
  if (amount === undefined) return;
  if (fence !== undefined) account.heard.set(bucket, fence);
  if (amount === 0) return;
  const charged = { at: now, amount };
  bucketOf(account, bucket, onRead).add(charged);
  account.ended.push(correctionRow(account, bucket, charged));
}

/** Whether a call under another fence runs in a bucket, or may still run upstream. */
function hasOthers(account: MemoryAccount, bucket: string, fence: number | undefined, now: number): boolean {
  dropLingered(account, now);
  for (const rows of [account.running, account.lingering])
    for (const row of rows)
      if (row.fence !== fence && row.command.buckets.some(({ name }) => name === bucket)) return true;
  return false;
}

/** A call that ended at once, and that nobody asks for: it goes when those go that ended beside it. */
function correctionRow(account: MemoryAccount, bucket: string, charged: BucketRow): MemoryRow {
  const nothing = { id: "", account: "", label: "", claims: [], slots: [], scopes: [], patienceMs: 0, leaseMs: 0 };
  const command = { ...nothing, buckets: [{ name: bucket, hold: charged.amount }] };
  return {
    command,
    lane: laneOf(command),
    account,
    holder: account,
    number: 0,
    state: "settled",
    closedUntil: 0,
    fence: 0,
    probes: [],
    since: charged.at,
    freeAt: charged.at,
    isReclaimed: false,
    charges: new Map([[bucket, charged]]),
  };
}
