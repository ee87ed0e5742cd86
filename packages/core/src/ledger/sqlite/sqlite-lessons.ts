import { isInForce } from "../admit.js";
import { correctionFor, type UseLesson } from "../correction.js";
import { countedAfter } from "../counted.js";
import { parseLane } from "../lane.js";
import type { Lesson } from "../ledger-store.js";
import { chargeElsewhere } from "./call-steps.js";
import { countOf } from "./sqlite-decision.js";
import type { SqliteRows } from "./sqlite-rows.js";

/** Takes a lesson into an account, within a transaction of its caller. */
export function teach(rows: SqliteRows, account: string, lesson: Lesson, now: number): void {
  const { marks } = rows;
  switch (lesson.kind) {
    case "value":
      marks.setValue(account, lesson.key, lesson.value, now);
      return;
    case "count": {
      const counted = countedAfter(marks.value(account, lesson.key), lesson.by);
      if (counted !== undefined) marks.setValue(account, lesson.key, counted, now);
      return;
    }
    case "block": {
      const found = marks.block(account, lesson.name);
      if (found === undefined || !isInForce(found, now) || found.until < lesson.until) marks.setBlock(account, lesson);
      return;
    }
    case "lift":
      marks.removeBlock(account, lesson.name);
      return;
    case "use":
      hearUse(rows, account, lesson, now);
  }
}

function hearUse(rows: SqliteRows, account: string, lesson: UseLesson, now: number): void {
  const { claim, fence } = lesson;
  const { bucket } = claim;
  const amount = correctionFor(lesson, {
    count: countOf(rows, account, claim, now),
    newestFence: rows.marks.heardFence(account, bucket),
    hasOthers: () => hasOthers(rows, account, bucket, fence, now),
  });
  if (amount === undefined) return;
  if (fence !== undefined) rows.marks.setHeardFence(account, bucket, fence, now);
  if (amount !== 0) chargeElsewhere(rows, account, bucket, amount, now);
}

/** Whether a call under another fence runs in a bucket, or may still run upstream. */
function hasOthers(
  { totals, calls }: SqliteRows,
  account: string,
  bucket: string,
  fence: number | undefined,
  now: number,
): boolean {
  const live = totals.get(account, "held", bucket);
  if (live.calls > 1 || (live.calls === 1 && live.fences !== fence)) return true;
  return calls
    .lingering(account, now)
    .some((call) => call.fence !== fence && parseLane(call.lane).buckets.includes(bucket));
}
