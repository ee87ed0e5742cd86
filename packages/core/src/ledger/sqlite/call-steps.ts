import { laneOf, parseLane } from "../lane.js";
import type { BucketHold, ReserveCommand } from "../ledger-store.js";
import type { CallEnd, CallRow } from "./call-rows.js";
import type { ChargeRow } from "./charge-rows.js";
import type { SqliteRows } from "./sqlite-rows.js";

/** What turns a call into the next phase: its row, its charges, and the sums over them. Each within a transaction of its caller. */

/** Puts a call at the end of the queue, or of those that stand ahead in it. @returns its ticket's number */
export function join(
  rows: SqliteRows,
  command: ReserveCommand,
  holder: string,
  closedUntil: number,
  now: number,
): number {
  const { account, buckets, ahead: isAhead = false } = command;
  const lane = laneOf(command);
  const start = { phase: "waiting", fence: 0, probes: [], closedUntil, startedAt: now, isAhead } as const;
  const seq = rows.calls.insert({ ...command, ...start, lane, holder });
  rows.totals.add(account, "lane", lane, 0);
  for (const { name, hold } of buckets) {
    rows.charges.insert(seq, account, { bucket: name, phase: "queued", at: now, amount: hold });
    rows.totals.add(account, "queued", name, hold);
  }
  return seq;
}

/** Who lets a call run, and the blocks that it tries. */
export interface Lessee {
  readonly holder: string;
  readonly probes: readonly string[];
}

/** Lets a call run: one that waits, or one that is admitted at once. @returns its fence */
export function hold(
  rows: SqliteRows,
  command: ReserveCommand,
  ticket: CallRow | undefined,
  { holder, probes }: Lessee,
  now: number,
): number {
  const { account, buckets } = command;
  const fence = rows.totals.started(account);
  const lane = ticket?.lane ?? laneOf(command);
  // Old rows are cleared away by their numbers. One that has stood ahead gets a number like others: it would be looked at first, again and
  // again, as long as it is kept.
  const isAhead = ticket !== undefined && ticket.seq < 0;
  if (isAhead) forget(rows, ticket);
  let seq = ticket?.seq;
  if (ticket === undefined || seq === undefined || isAhead) {
    const start = { phase: "held", fence, probes, closedUntil: 0, startedAt: now, isAhead: false } as const;
    seq = rows.calls.insert({ ...command, ...start, lane, holder });
  } else {
    leaveLane(rows, ticket);
    rows.charges.removeOf(seq);
    rows.calls.hold(seq, fence, probes, now);
  }
  for (const bucket of buckets) holdIn(rows, { account, seq, fence }, bucket, now);
  for (const slot of parseLane(lane).slots) rows.totals.add(account, "slot", slot, 0);
  return fence;
}

function holdIn(
  rows: SqliteRows,
  { account, seq, fence }: Pick<CallRow, "account" | "seq" | "fence">,
  { name, hold: amount, countFrom }: BucketHold,
  now: number,
): void {
  const phase = countFrom === "start" ? "charged" : "held";
  rows.charges.insert(seq, account, { bucket: name, phase, at: now, amount });
  if (phase === "charged") rows.sums.changed(account, name, now, amount);
  rows.totals.add(account, "held", name, phase === "charged" ? 0 : amount, fence);
}

/** Takes a call that has not ended out of the account. */
export function forget(rows: SqliteRows, call: CallRow): void {
  if (call.phase === "settled") return;
  if (call.phase === "waiting") leaveLane(rows, call);
  else {
    const charges = rows.charges.ofCall(call.seq);
    release(rows, call, charges);
    for (const { phase, bucket, at, amount } of charges)
      if (phase === "charged") rows.sums.changed(call.account, bucket, at, -amount);
  }
  rows.charges.removeOf(call.seq);
  rows.calls.remove(call.seq);
}

/** Charges what a call has used, or holds where that is not said, and frees its slots. */
export function end(rows: SqliteRows, call: CallRow, amounts: Readonly<Record<string, number>>, how: CallEnd): void {
  const { account, seq } = call;
  const charges = rows.charges.ofCall(seq);
  release(rows, call, charges);
  rows.calls.end(seq, how);
  for (const charge of charges) {
    const { bucket } = charge;
    const amount = amounts[bucket] ?? charge.amount;
    const wasCharged = charge.phase === "charged";
    const at = wasCharged ? charge.at : how.chargedAt;
    rows.charges.set(seq, { bucket, phase: "charged", at, amount });
    rows.sums.changed(account, bucket, at, wasCharged ? amount - charge.amount : amount);
  }
}

/** Puts the true amounts in the place of what was charged for a call whose holder had been given up. It frees nothing. */
export function correct(
  rows: SqliteRows,
  { account, seq }: CallRow,
  amounts: Readonly<Record<string, number>>,
  isEstimated: boolean,
): void {
  for (const charge of rows.charges.ofCall(seq)) {
    const amount = amounts[charge.bucket];
    if (amount === undefined) continue;
    rows.charges.set(seq, { ...charge, amount });
    rows.sums.changed(account, charge.bucket, charge.at, amount - charge.amount);
  }
  rows.calls.setCorrected(seq, isEstimated);
}

function leaveLane(rows: SqliteRows, { account, seq, lane }: CallRow): void {
  rows.totals.subtract(account, "lane", lane, 0);
  for (const { bucket, amount } of rows.charges.ofCall(seq)) rows.totals.subtract(account, "queued", bucket, amount);
}

/** Charges what the server counts beyond the account's calls; less than nothing where it counts less. */
export function chargeElsewhere(rows: SqliteRows, account: string, bucket: string, amount: number, now: number): void {
  const ended = { phase: "settled", fence: 0, probes: [], closedUntil: 0, startedAt: now, isAhead: false } as const;
  const id = `used elsewhere ${crypto.randomUUID()}`;
  const seq = rows.calls.insert({ ...ended, id, account, label: "", lane: "", holder: "" });
  rows.calls.end(seq, { chargedAt: now, freeAt: now, isEstimated: true, isReclaimed: false });
  rows.charges.insert(seq, account, { bucket, phase: "charged", at: now, amount });
  rows.sums.changed(account, bucket, now, amount);
}

function release(rows: SqliteRows, { account, lane, fence }: CallRow, charges: readonly ChargeRow[]): void {
  rows.totals.ended(account);
  for (const slot of parseLane(lane).slots) rows.totals.subtract(account, "slot", slot, 0);
  for (const { phase, bucket, amount } of charges)
    rows.totals.subtract(account, "held", bucket, phase === "held" ? amount : 0, fence);
}
