import { LedgerError } from "../../errors/setup-errors.js";
import { isInForce } from "../admit.js";
import { breakerAfter } from "../breaker.js";
import { laneOf } from "../lane.js";
import {
  BREAKER,
  type LedgerStore,
  type ReserveAnswer,
  type ReserveCommand,
  type Settlement,
} from "../ledger-store.js";
import { createMisdatedWarning } from "../misdated.js";
import { ABORT_LINGER_MS, MAX_LINGER_MS, retentionMs } from "../retention.js";
import { windowResetsAt } from "../window-time.js";
import {
  addTo,
  bucketOf,
  createMemoryAccount,
  createMemoryAccounts,
  dropLingered,
  forgetUnused,
  type MemoryAccount,
  type MemoryAccounts,
  type MemoryRow,
  prune,
} from "./memory-accounts.js";
import { countOf, decide } from "./memory-decision.js";
import { findMisdated, hasRowsAhead, redate } from "./memory-misdated.js";

/** Options of {@link createMemoryStore}. */
export interface MemoryStoreOptions {
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Accounts that several stores share. Each store counts by its own clock, as the processes on a file do. @default its own */
  readonly memory?: MemoryAccounts;
  /** Called for each row that a step visits; for tests that count them. */
  readonly onRead?: () => void;
}

/** Costs that are kept for each label and bucket. */
const COSTS_KEPT = 64;

/** A ledger for one process. An account is forgotten when the last store that has used it is closed. */
export function createMemoryStore(options: MemoryStoreOptions): LedgerStore {
  const { now, memory = createMemoryAccounts(), onRead = () => {} } = options;
  const { accounts, rows } = memory;
  const self = {};
  const listeners: Set<(message: string) => void> = new Set();
  const reportMisdated = createMisdatedWarning((message) => {
    for (const listener of listeners) listener(message);
  }, "They are forgotten when this process ends.");
  let isClosed = false;

  const accountOf = (name: string): MemoryAccount => {
    let account = accounts.get(name);
    if (account === undefined) {
      account = createMemoryAccount();
      accounts.set(name, account);
    }
    if (!isClosed) account.users.add(self);
    return account;
  };

  const reserve = (command: ReserveCommand, ticket: boolean): ReserveAnswer => {
    const account = accountOf(command.account);
    const known = rows.get(command.id);
    if (known?.state === "held") return admittedAgain(known);
    if (known?.state === "settled") throw new LedgerError(`Call ${command.id} has already been settled.`);
    const { closedUntil, ...answer } = decide(account, command, known, now(), onRead);
    if (hasRowsAhead(account, command.claims, answer.now)) reportMisdated();
    if (answer.outcome === "denied") forget(known);
    if (answer.outcome === "queued" && (ticket || known !== undefined)) {
      const row = known ?? join(account, command);
      row.closedUntil = closedUntil ?? 0;
    }
    if (answer.outcome === "admitted") admit(known ?? remember(account, command), answer);
    return answer;
  };

  /** A step that is repeated: what others have used and hold is told anew. */
  const admittedAgain = ({ account, command, fence, probes, charges }: MemoryRow): ReserveAnswer => {
    const at = now();
    const used = command.claims.map((claim) => {
      const count = countOf(account, claim, at, onRead);
      const own = charges.get(claim.bucket)?.amount ?? command.buckets.find(({ name }) => name === claim.bucket)?.hold;
      return count.used + count.held - (own ?? 0);
    });
    return { outcome: "admitted", fence, probes, used, now: at };
  };

  const remember = (account: MemoryAccount, command: ReserveCommand): MemoryRow => {
    account.number += 1;
    const row: MemoryRow = {
      command,
      lane: laneOf(command),
      account,
      holder: self,
      number: account.number,
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
    const lane = account.lanes.get(row.lane) ?? { tickets: new Set(), holds: new Map() };
    account.lanes.set(row.lane, lane);
    lane.tickets.add(row);
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

  const admit = (row: MemoryRow, answer: Extract<ReserveAnswer, { outcome: "admitted" }>): void => {
    const { account, command } = row;
    leaveLane(row);
    account.running.add(row);
    account.moves += 1;
    account.fence = answer.fence;
    row.state = "held";
    row.fence = answer.fence;
    row.probes = answer.probes;
    row.since = answer.now;
    for (const { name, hold, countFrom } of command.buckets) {
      if (countFrom === "start") charge(row, name, hold, answer.now);
      else addTo(account.held, name, hold);
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

  /** What this store leaves behind when it is closed would keep others of the account waiting for good. */
  const endOwn = ({ lanes, running }: MemoryAccount): void => {
    for (const { tickets } of lanes.values()) for (const row of tickets) if (row.holder === self) forget(row);
    for (const row of running) {
      if (row.holder !== self) continue;
      settle(row, { amounts: {}, estimated: true, lingerMs: ABORT_LINGER_MS, outcome: "other" });
      row.isReclaimed = true;
    }
  };

  return {
    name: "memory",
    shared: false,
    reserve: async (command, { ticket } = { ticket: true }) => reserve(command, ticket),
    async peek(command) {
      const { closedUntil: _, ...answer } = decide(
        accountOf(command.account),
        command,
        rows.get(command.id),
        now(),
        onRead,
      );
      return answer;
    },
    heartbeat: async (_, leases) =>
      leases.filter(({ id, fence }) => {
        const row = rows.get(id);
        return row?.state !== "held" || row.fence !== fence;
      }),
    async settle(id, fence, settlement) {
      const row = rows.get(id);
      if (row === undefined || row.fence !== fence) return false;
      if (row.state === "held") settle(row, settlement);
      else if (row.isReclaimed) correct(row, settlement);
      else return false;
      return true;
    },
    cancel: async (id) => forget(rows.get(id)),
    async teach(name, lessons) {
      const account = accountOf(name);
      for (const lesson of lessons) {
        if (lesson.kind === "value") account.learned.set(lesson.key, lesson.value);
        else {
          const { kind: _, ...block } = lesson;
          const found = account.blocks.get(block.name);
          if (found === undefined || !isInForce(found, now()) || found.until < block.until)
            account.blocks.set(block.name, block);
        }
      }
    },
    learned: async (name, key) => accountOf(name).learned.get(key) ?? null,
    async view(name, claims) {
      const account = accountOf(name);
      const at = now();
      dropLingered(account, at);
      if (hasRowsAhead(account, claims, at)) reportMisdated();
      const windows = claims.map((claim) => {
        const count = countOf(account, claim, at, onRead);
        return { used: count.used, held: count.held, resetsAt: windowResetsAt(claim, count, at) };
      });
      let waiting = 0;
      for (const { tickets } of account.lanes.values()) waiting += tickets.size;
      return {
        now: at,
        windows,
        running: account.running.size + account.lingering.size,
        waiting,
        blocks: [...account.blocks.values()].filter((block) => block.needsProbe || isInForce(block, at)),
      };
    },
    async liveCalls(name, limit) {
      const { running, lanes } = accountOf(name);
      const waiting = [...lanes.values()].flatMap(({ tickets }) => [...tickets]).sort((a, b) => a.number - b.number);
      return [...running, ...waiting].slice(0, limit).map(({ command, state, since }) => ({
        label: command.label,
        state: state === "held" ? "running" : "waiting",
        since,
      }));
    },
    recentCosts: async (name, label, bucket, limit) =>
      (accounts.get(name)?.costs.get(`${label}\n${bucket}`) ?? []).slice(0, limit),
    misdated: async (name) => findMisdated(accountOf(name), now()),
    redate: async (name) => redate(accountOf(name), now()),
    onWarning: (listener) => void listeners.add(listener),
    async close() {
      isClosed = true;
      listeners.clear();
      for (const account of accounts.values()) {
        if (account.users.delete(self)) endOwn(account);
      }
      forgetUnused(memory, now());
    },
  };

  function correct(row: MemoryRow, { amounts, estimated }: Settlement): void {
    row.isReclaimed = false;
    for (const [name, charged] of row.charges) {
      const amount = amounts[name];
      if (amount === undefined) continue;
      bucketOf(row.account, name, onRead).change(charged, amount);
      if (!estimated) rememberCost(row.account, row.command.label, name, amount);
    }
  }
}

function rememberCost({ costs }: MemoryAccount, label: string, bucket: string, amount: number): void {
  const key = `${label}\n${bucket}`;
  const known = costs.get(key) ?? [];
  known.unshift(amount);
  known.length = Math.min(known.length, COSTS_KEPT);
  costs.set(key, known);
}
