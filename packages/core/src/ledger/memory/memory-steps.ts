import { isInForce } from "../admit.js";
import { breakerAfter } from "../breaker.js";
import { laneOf } from "../lane.js";
import { BREAKER, type ReserveAnswer, type ReserveCommand, type Settlement } from "../ledger-store.js";
import { MAX_LINGER_MS, retentionMs } from "../retention.js";
import { FIRST_AHEAD } from "../ticket-order.js";
import { addTo, bucketOf, type MemoryAccount, type MemoryAccounts, type MemoryRow, prune } from "./memory-accounts.js";

/** What turns a call into the next phase: its row, its charges, and the sums over them. */
export interface MemorySteps {
  /** Puts a call at the end of the queue, or of those that stand ahead in it. */
  join(account: MemoryAccount, command: ReserveCommand): MemoryRow;
  /** Lets a call run: one that waits, or one that is admitted at once. */
  hold(account: MemoryAccount, command: ReserveCommand, known: MemoryRow | undefined, answer: Admitted): void;
  /** Takes a call that has not ended out of the account. */
  forget(row: MemoryRow | undefined): void;
  /** Charges what a call has used, or holds where that is not said, and frees its slots. */
  settle(row: MemoryRow, settlement: Settlement): void;
  /** Puts the true amounts in the place of what was charged for a call whose holder had been given up. It frees nothing. */
  correct(row: MemoryRow, settlement: Settlement): void;
}

type Admitted = Extract<ReserveAnswer, { outcome: "admitted" }>;

/** Costs that are kept for each label and bucket. */
const COSTS_KEPT = 64;

/** @param holder the store that makes the rows */
export function createMemorySteps(
  memory: MemoryAccounts,
  holder: object,
  now: () => number,
  onRead: () => void,
): MemorySteps {
  const { rows } = memory;

  const remember = (account: MemoryAccount, command: ReserveCommand): MemoryRow => {
    const row: MemoryRow = {
      command,
      lane: laneOf(command),
      account,
      holder,
      number: nextNumber(account),
      state: "waiting",
      closedUntil: 0,
      fence: 0,
      probes: [],
      since: now(),
      freeAt: Number.POSITIVE_INFINITY,
      isReclaimed: false,
      charges: new Map(),
    };
    rows.set(command.id, row);
    account.retentionMs = Math.max(account.retentionMs, retentionMs(command.claims));
    return row;
  };

  const join = (account: MemoryAccount, command: ReserveCommand): MemoryRow => {
    const row = remember(account, command);
    if (command.ahead === true) row.number += FIRST_AHEAD;
    const lane = account.lanes.get(row.lane) ?? { tickets: new Set(), holds: new Map() };
    account.lanes.set(row.lane, lane);
    addInOrder(lane.tickets, row);
    for (const { name, hold } of command.buckets) addTo(lane.holds, name, hold);
    return row;
  };

  const leaveLane = (row: MemoryRow): void => {
    const { account, command, lane: name } = row;
    const lane = account.lanes.get(name);
    if (lane?.tickets.delete(row) !== true) return;
    for (const { name: bucket, hold } of command.buckets) addTo(lane.holds, bucket, -hold);
    if (lane.tickets.size === 0) account.lanes.delete(name);
  };

  const hold: MemorySteps["hold"] = (account, command, known, answer) => {
    const row = known ?? remember(account, command);
    leaveLane(row);
    account.running.add(row);
    account.moves += 1;
    // Once it runs it stands ahead of nobody.
    if (row.number < 0) row.number = nextNumber(account);
    account.fence = answer.fence;
    row.state = "held";
    row.fence = answer.fence;
    row.probes = answer.probes;
    row.since = answer.now;
    for (const { name, hold: amount, countFrom } of command.buckets) {
      if (countFrom === "start") charge(row, name, amount, answer.now);
      else addTo(account.held, name, amount);
    }
  };

  const charge = ({ account, charges }: MemoryRow, bucket: string, amount: number, at: number): void => {
    const charged = { at, amount };
    charges.set(bucket, charged);
    bucketOf(account, bucket, onRead).add(charged);
  };

  /** Takes what a call holds, or was charged at its start, out of its account. */
  const release = (row: MemoryRow): void => {
    const { account, command, charges } = row;
    account.running.delete(row);
    account.moves += 1;
    for (const { name, hold } of command.buckets) if (!charges.has(name)) addTo(account.held, name, -hold);
  };

  const forget = (row: MemoryRow | undefined): void => {
    if (row === undefined || row.state === "settled") return;
    leaveLane(row);
    if (row.state === "held") release(row);
    for (const [name, charged] of row.charges) bucketOf(row.account, name, onRead).remove(charged);
    rows.delete(row.command.id);
  };

  const settle = (row: MemoryRow, { amounts, estimated, lingerMs, outcome }: Settlement): void => {
    const { account, command } = row;
    const at = now();
    release(row);
    row.state = "settled";
    row.freeAt = at + Math.min(lingerMs, MAX_LINGER_MS);
    if (lingerMs > 0) account.lingering.add(row);
    for (const { name, hold } of command.buckets) {
      const amount = amounts[name] ?? hold;
      const charged = row.charges.get(name);
      if (charged === undefined) charge(row, name, amount, at);
      else bucketOf(account, name, onRead).change(charged, amount);
      if (!estimated) rememberCost(account, command.label, name, amount);
    }
    if (outcome === "answered") {
      for (const name of row.probes) {
        const block = account.blocks.get(name);
        // Another call may have been refused since.
        if (block !== undefined && !isInForce(block, at)) account.blocks.delete(name);
      }
      account.blocks.delete(BREAKER);
      account.failures = 0;
    }
    if (outcome === "failed") {
      account.failures += 1;
      const breaker = breakerAfter(account.failures, at);
      if (breaker !== undefined) account.blocks.set(BREAKER, breaker);
    }
    account.ended.push(row);
    prune(memory, account, at);
  };

  const correct = (row: MemoryRow, { amounts, estimated }: Settlement): void => {
    row.isReclaimed = false;
    for (const [name, charged] of row.charges) {
      const amount = amounts[name];
      if (amount === undefined) continue;
      bucketOf(row.account, name, onRead).change(charged, amount);
      if (!estimated) rememberCost(row.account, row.command.label, name, amount);
    }
  };

  return { join, hold, forget, settle, correct };
}

function nextNumber(account: MemoryAccount): number {
  account.number += 1;
  return account.number;
}

/** A set has the order in which things were put in: those that come to stand behind are put in anew. */
function addInOrder(tickets: Set<MemoryRow>, row: MemoryRow): void {
  const behind = row.number < 0 ? [...tickets].filter(({ number }) => number > row.number) : [];
  for (const other of behind) tickets.delete(other);
  for (const next of [row, ...behind]) tickets.add(next);
}

function rememberCost({ costs }: MemoryAccount, label: string, bucket: string, amount: number): void {
  const key = `${label}\n${bucket}`;
  const known = costs.get(key) ?? [];
  known.unshift(amount);
  known.length = Math.min(known.length, COSTS_KEPT);
  costs.set(key, known);
}
