import { admit } from "../admit.js";
import { type EarlierTickets, parseLane, queueAhead } from "../lane.js";
import { type Block, BREAKER, type Claim, type ReserveAnswer, type ReserveCommand } from "../ledger-store.js";
import { newcomerPlace } from "../ticket-order.js";
import { type ClaimCount, windowEnd, windowKey, windowStart } from "../window-time.js";
import type { CallRow } from "./call-rows.js";
import { END_OF_TIME } from "./charge-rows.js";
import type { SqliteRows } from "./sqlite-rows.js";

/** A decision, and for a call that waits what its ticket has to remember. */
export type SqliteDecision = ReserveAnswer & { readonly closedUntil?: number };

/** Rows of a full rolling window that a denial looks at: with more, its `resetsAt` is a lower bound. */
const OLDEST_READ = 32;

/** The decision on an account as it stands, for a new call or for one that has a ticket. The fence of an admission is given by writing it. */
export function decide(
  rows: SqliteRows,
  command: ReserveCommand,
  ticket: CallRow | undefined,
  now: number,
): SqliteDecision {
  const { account, claims, slots } = command;
  const tickets = ticketsBefore(rows, account, ticket?.seq ?? newcomerPlace(command), now);
  const ahead = queueAhead(command, tickets.earlier);
  const lingering = rows.calls.lingering(account, now);
  const counts = claims.map((claim) => ({
    ...countOf(rows, account, claim, now),
    ahead: tickets.holdOf(claim.bucket),
  }));
  const blocks = blocksOf(rows, command);
  const admission = admit(command, {
    now,
    aheadInLane: ahead.inLane,
    counts,
    slots: slots.map(({ name }, index) => ({
      occupied:
        rows.totals.get(account, "slot", name).calls +
        lingering.filter(({ lane }) => parseLane(lane).slots.includes(name)).length,
      ahead: ahead.slots[index] ?? 0,
    })),
    blocks,
    probing: new Set(
      blocks.length === 0 ? [] : [...rows.calls.probing(account), ...lingering.flatMap(({ probes }) => probes)],
    ),
  });
  switch (admission.verdict) {
    case "deny":
      return { outcome: "denied", ...admission.denial };
    case "wait": {
      const { verdict: _, ...wait } = admission;
      // An admission raises the fence, and an end lowers the number of those that run.
      const { calls, fence } = rows.totals.running(account);
      const movement = `${ahead.position}/${fence}/${calls}`;
      return { outcome: "queued", position: ahead.position, movement, ...wait, now };
    }
    case "admit": {
      const used = counts.map((count) => count.used + count.held);
      return { outcome: "admitted", fence: 0, probes: admission.probes, used, now };
    }
  }
}

/** What the windows of an account hold against a claim, earlier tickets aside. */
export function countOf(rows: SqliteRows, account: string, claim: Claim, now: number): ClaimCount {
  const { bucket, period, limit } = claim;
  const { sums, calls, totals, charges } = rows;
  const from = windowStart(claim, now);
  const used =
    period.type === "bucket"
      ? // Charges of calls that began before the oldest that runs are final.
        sums.level(account, bucket, { limit, spanMs: period.spanMs }, now, calls.oldestStart(account) ?? END_OF_TIME)
      : sums.used(account, bucket, windowKey(claim), from, now);
  return {
    used: Math.max(0, used),
    held: totals.get(account, "held", bucket).amount,
    ahead: 0,
    oldestFirst: () => charges.list({ account, bucket, from: Math.ceil(from), to: windowEnd(now) }, OLDEST_READ),
  };
}

function ticketsBefore(
  { calls, charges, totals }: SqliteRows,
  account: string,
  place: number,
  now: number,
): { earlier: EarlierTickets[]; holdOf: (bucket: string) => number } {
  const isLast = place === Number.POSITIVE_INFINITY;
  const earlier: EarlierTickets[] = [];
  for (const { lane, count } of totals.lanes(account)) {
    const first = calls.firstTicket(account, lane);
    if (first === undefined || first.seq >= place) continue;
    const before = isLast ? count : calls.ticketsBefore(account, lane, place);
    earlier.push({ lane, count: before, waitsForWindow: first.closedUntil > now });
  }
  return {
    earlier,
    holdOf(bucket) {
      if (earlier.length === 0) return 0;
      if (isLast) return totals.get(account, "queued", bucket).amount;
      return charges.queuedBefore(account, bucket, place);
    },
  };
}

function blocksOf({ marks }: SqliteRows, { account, scopes, buckets }: ReserveCommand): Block[] {
  return marks.blocksNamed(account, [BREAKER, ...scopes, ...buckets.map(({ name }) => name)]);
}
