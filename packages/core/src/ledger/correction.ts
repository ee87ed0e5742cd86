import type { Lesson } from "./ledger-store.js";
import type { ClaimCount } from "./window-time.js";

/** What a server says of one window. */
export type UseLesson = Extract<Lesson, { kind: "use" }>;

/** What an account says of the same window, and of the bucket that it counts. */
export interface CountedUse {
  /** Charged in the window, and held in the bucket by all calls that run. */
  readonly count: Pick<ClaimCount, "used" | "held">;
  /** Of the newest call whose answer was heard about the bucket; 0: none was. */
  readonly newestFence: number;
  /** Whether a call other than the lesson's runs in the bucket, or may still run upstream. */
  hasOthers(): boolean;
}

/** Sums of such parts come out even in binary, whichever way a store adds them up. */
export const PARTS_OF_ONE = 1_024;

/**
 * What has to be charged in a bucket so that a window of it counts what the server counts. Pure; every store decides with it.
 *
 * More than we have charged and hold was used elsewhere. Less is believed only if nobody else's call can be on its way: the server may not
 * have counted it yet. A count without a fence, reported beside calls, may be some time old: less is not believed of it. A level has parts
 * of one, so differences are rounded up to a part that adds up without a rest: a sum that is left with a millionth would hold back a call
 * that fits exactly.
 *
 * @returns `undefined` for a lesson that is not heard: it is older than another, or holds no count
 */
export function correctionFor(
  { used, fence }: Pick<UseLesson, "used" | "fence">,
  { count, newestFence, hasOthers }: CountedUse,
): number | undefined {
  if (!Number.isFinite(used) || used < 0) return undefined;
  if (fence !== undefined && (!Number.isFinite(fence) || fence < newestFence)) return undefined;
  const more = used - (count.used + count.held);
  if (more > 0) return inParts(more);
  return fence !== undefined && used < count.used && !hasOthers() ? inParts(used - count.used) : 0;
}

function inParts(amount: number): number {
  return Math.ceil(amount * PARTS_OF_ONE) / PARTS_OF_ONE;
}
