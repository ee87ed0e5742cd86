import { admit } from "../admit.js";
import { type EarlierTickets, queueAhead } from "../lane.js";
import { type Block, BREAKER, type Claim, type ReserveAnswer, type ReserveCommand } from "../ledger-store.js";
import { newcomerPlace } from "../ticket-order.js";
import { type ClaimCount, windowEnd, windowKey, windowStart } from "../window-time.js";
import {
  addTo,
  bucketOf,
  dropLingered,
  type MemoryAccount,
  type MemoryLane,
  type MemoryRow,
} from "./memory-accounts.js";

/** A decision, and for a call that waits what its ticket has to remember. */
export type MemoryDecision = ReserveAnswer & { readonly closedUntil?: number };

/** The decision on an account as it stands; nothing is written. */
export function decide(
  account: MemoryAccount,
  command: ReserveCommand,
  own: MemoryRow | undefined,
  now: number,
  onRead: () => void,
): MemoryDecision {
  dropLingered(account, now);
  const { earlier, holds } = ticketsBefore(account, own?.number ?? newcomerPlace(command), now, onRead);
  const ahead = queueAhead(command, earlier);
  const counts = command.claims.map((claim) => ({
    ...countOf(account, claim, now, onRead),
    ahead: holds.get(claim.bucket) ?? 0,
  }));
  const blocks = blocksOf(account, command);
  const admission = admit(command, {
    now,
    aheadInLane: ahead.inLane,
    counts,
    slots: command.slots.map(({ name }, index) => ({
      occupied: occupiedBy(account, name),
      ahead: ahead.slots[index] ?? 0,
    })),
    blocks,
    probing: blocks.length === 0 ? NONE : probing(account),
  });
  switch (admission.verdict) {
    case "deny":
      return { outcome: "denied", ...admission.denial };
    case "wait": {
      const { verdict: _, ...wait } = admission;
      const movement = `${ahead.position}/${account.moves}`;
      return { outcome: "queued", position: ahead.position, movement, ...wait, now };
    }
    case "admit": {
      const used = counts.map((count) => count.used + count.held);
      return { outcome: "admitted", fence: account.fence + 1, probes: admission.probes, used, now };
    }
  }
}

/** What the windows of an account hold against a claim, earlier tickets aside. */
export function countOf(account: MemoryAccount, claim: Claim, now: number, onRead: () => void): ClaimCount {
  const { period, limit } = claim;
  const rows = bucketOf(account, claim.bucket, onRead);
  const from = windowStart(claim, now);
  const to = windowEnd(now);
  const held = account.held.get(claim.bucket) ?? 0;
  const used =
    period.type === "bucket"
      ? rows.level({ limit, spanMs: period.spanMs }, now, oldestStart(account), to)
      : rows.sumBetween(windowKey(claim), from, to);
  return { used: Math.max(0, used), held, ahead: 0, oldestFirst: () => rows.oldestFirst(from, to) };
}

/** Charges of calls that began before this one ran are final. */
function oldestStart({ running }: MemoryAccount): number {
  let oldest = Number.POSITIVE_INFINITY;
  for (const { since } of running) oldest = Math.min(oldest, since);
  return oldest;
}

function ticketsBefore(
  account: MemoryAccount,
  place: number,
  now: number,
  onRead: () => void,
): { earlier: EarlierTickets[]; holds: ReadonlyMap<string, number> } {
  const earlier: EarlierTickets[] = [];
  const holds: Map<string, number> = new Map();
  for (const [lane, tickets] of account.lanes) {
    const [first] = tickets.tickets;
    if (first === undefined || first.number >= place) continue;
    const before = place === Number.POSITIVE_INFINITY ? whole(tickets) : upTo(tickets, place, onRead);
    earlier.push({ lane, count: before.count, waitsForWindow: first.closedUntil > now });
    for (const [name, amount] of before.holds) addTo(holds, name, amount);
  }
  return { earlier, holds };
}

function whole({ tickets, holds }: MemoryLane): { count: number; holds: ReadonlyMap<string, number> } {
  return { count: tickets.size, holds };
}

function upTo({ tickets }: MemoryLane, place: number, onRead: () => void): ReturnType<typeof whole> {
  const holds: Map<string, number> = new Map();
  let count = 0;
  for (const ticket of tickets) {
    onRead();
    if (ticket.number >= place) break;
    count += 1;
    for (const { name, hold } of ticket.command.buckets) addTo(holds, name, hold);
  }
  return { count, holds };
}

function occupiedBy({ running, lingering }: MemoryAccount, name: string): number {
  let occupied = 0;
  for (const rows of [running, lingering]) {
    for (const { command } of rows) if (command.slots.some((slot) => slot.name === name)) occupied += 1;
  }
  return occupied;
}

function blocksOf({ blocks }: MemoryAccount, { scopes, buckets }: ReserveCommand): Block[] {
  if (blocks.size === 0) return [];
  const names = new Set([BREAKER, ...scopes, ...buckets.map(({ name }) => name)]);
  return [...blocks.values()].filter(({ name }) => names.has(name));
}

const NONE: ReadonlySet<string> = new Set();

function probing({ running, lingering }: MemoryAccount): Set<string> {
  const names: Set<string> = new Set();
  for (const rows of [running, lingering]) for (const { probes } of rows) for (const name of probes) names.add(name);
  return names;
}
