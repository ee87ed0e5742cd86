import { LedgerError } from "../../errors/setup-errors.js";
import { isInForce } from "../admit.js";
import type { LedgerStore, ReserveAnswer, ReserveCommand } from "../ledger-store.js";
import { createMisdatedWarning } from "../misdated.js";
import { ABORT_LINGER_MS } from "../retention.js";
import { windowResetsAt } from "../window-time.js";
import {
  createMemoryAccount,
  createMemoryAccounts,
  dropLingered,
  forgetUnused,
  type MemoryAccount,
  type MemoryAccounts,
  type MemoryRow,
} from "./memory-accounts.js";
import { countOf, decide } from "./memory-decision.js";
import { teach } from "./memory-lessons.js";
import { findMisdated, hasRowsAhead, redate } from "./memory-misdated.js";
import { createMemorySteps } from "./memory-steps.js";

/** Options of {@link createMemoryStore}. */
export interface MemoryStoreOptions {
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Accounts that several stores share. Each store counts by its own clock, as the processes on a file do. @default its own */
  readonly memory?: MemoryAccounts;
  /** Called for each row that a step visits; for tests that count them. */
  readonly onRead?: () => void;
}

/** A ledger for one process. An account is forgotten when the last store that has used it is closed. */
export function createMemoryStore(options: MemoryStoreOptions): LedgerStore {
  const { now, memory = createMemoryAccounts(), onRead = () => {} } = options;
  const { accounts, rows } = memory;
  const self = {};
  const listeners: Set<(message: string) => void> = new Set();
  const reportMisdated = createMisdatedWarning((message) => {
    for (const listener of listeners) listener(message);
  }, "They are forgotten when this process ends.");
  const steps = createMemorySteps(memory, self, now, onRead);
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
    if (answer.outcome === "denied") steps.forget(known);
    if (answer.outcome === "queued" && (ticket || known !== undefined)) {
      const row = known ?? steps.join(account, command);
      row.closedUntil = closedUntil ?? 0;
      return { ...answer, ticket: row.number };
    }
    if (answer.outcome === "admitted") steps.hold(account, command, known, answer);
    return answer;
  };

  /** A step that is repeated: what others have used and hold is told anew. */
  const admittedAgain = ({ account, command, fence, probes, charges }: MemoryRow): ReserveAnswer => {
    const at = now();
    const used = command.claims.map((claim) => {
      const count = countOf(account, claim, at, onRead);
      const own = charges.get(claim.bucket)?.amount ?? command.buckets.find(({ name }) => name === claim.bucket)?.hold;
      return Math.max(0, count.used + count.held - (own ?? 0));
    });
    return { outcome: "admitted", fence, probes, used, now: at };
  };

  /** What this store leaves behind when it is closed would keep others of the account waiting for good. */
  const endOwn = ({ lanes, running }: MemoryAccount): void => {
    for (const { tickets } of lanes.values()) for (const row of tickets) if (row.holder === self) steps.forget(row);
    for (const row of running) {
      if (row.holder !== self) continue;
      steps.settle(row, { amounts: {}, estimated: true, lingerMs: ABORT_LINGER_MS, outcome: "other" });
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
      if (row.state === "held") steps.settle(row, settlement);
      else if (row.isReclaimed) steps.correct(row, settlement);
      else return false;
      return true;
    },
    cancel: async (id) => steps.forget(rows.get(id)),
    async teach(name, lessons) {
      const account = accountOf(name);
      for (const lesson of lessons) teach(account, lesson, now(), onRead);
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
}
