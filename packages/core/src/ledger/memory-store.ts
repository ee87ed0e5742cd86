import { LedgerError } from "../errors/setup-errors.js";
import { windowResetsAt } from "./admit.js";
import type { LedgerStore, ReserveAnswer, ReserveCommand, Settlement } from "./ledger-store.js";
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
import { ABORT_LINGER_MS, MAX_LINGER_MS, retentionMs } from "./retention.js";
import { amountOf, countsIn } from "./window-match.js";

/** Options of {@link createMemoryStore}. */
export interface MemoryStoreOptions {
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Accounts that several stores share. Each store counts by its own clock, as the processes on a file do. @default its own */
  readonly memory?: MemoryAccounts;
}

/** A ledger for one process. An account is forgotten when the last store that has used it is closed. */
export function createMemoryStore({ now, memory = createMemoryAccounts() }: MemoryStoreOptions): LedgerStore {
  const { accounts, rows } = memory;
  const self = {};
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

  const reserve = (command: ReserveCommand): ReserveAnswer => {
    const account = accountOf(command.account);
    const known = rows.get(command.id);
    if (known?.state === "held") {
      const at = now();
      const used = command.windows.map((rule) => {
        const count = countOf(account, rule, command, at);
        return (
          count.used +
          count.held -
          (countsIn(rule, known.command, command.model) ? amountOf(rule, known.command.heldApiTokens) : 0)
        );
      });
      return { outcome: "admitted", fence: known.fence, probe: known.probe, used, now: at };
    }
    if (known?.state === "settled") throw new LedgerError(`Call ${command.id} has already been settled.`);
    const answer = decide(account, command, known, now());
    if (answer.outcome === "denied") {
      forget(known);
    } else if (answer.outcome === "queued") {
      if (known === undefined) account.waiting.add(remember(account, command));
    } else {
      const row = known ?? remember(account, command);
      account.waiting.delete(row);
      account.live.add(row);
      row.state = "held";
      row.fence = account.fence = answer.fence;
      row.probe = answer.probe;
      row.since = answer.now;
    }
    return answer;
  };

  const remember = (account: MemoryAccount, command: ReserveCommand): MemoryRow => {
    const row: MemoryRow = {
      command,
      account,
      holder: self,
      state: "waiting",
      fence: 0,
      probe: false,
      apiTokens: 0,
      estimated: false,
      endedAt: Number.POSITIVE_INFINITY,
      since: now(),
    };
    rows.set(command.id, row);
    account.retentionMs = Math.max(account.retentionMs, retentionMs(command.windows));
    return row;
  };

  const forget = (row: MemoryRow | undefined): void => {
    if (row === undefined || row.state === "settled") return;
    row.account.waiting.delete(row);
    row.account.live.delete(row);
    rows.delete(row.command.id);
  };

  const settle = (row: MemoryRow, settlement: Settlement): void => {
    const { account } = row;
    const at = now();
    row.state = "settled";
    row.apiTokens = settlement.apiTokens;
    row.estimated = settlement.estimated;
    row.endedAt = at + Math.min(settlement.lingerMs, MAX_LINGER_MS);
    if (settlement.lingerMs <= 0) account.live.delete(row);
    if (settlement.clearsBlock) account.block = null;
    account.settled.push(row);
    prune(account, at);
  };

  /** What this store leaves behind when it is closed would keep others of the account waiting for good. */
  const endOwn = (account: MemoryAccount): void => {
    for (const row of [...account.waiting, ...account.live]) {
      if (row.holder !== self || row.state === "settled") continue;
      if (row.state === "waiting") forget(row);
      else {
        const { heldApiTokens: apiTokens } = row.command;
        settle(row, { apiTokens, estimated: true, lingerMs: ABORT_LINGER_MS, clearsBlock: false });
      }
    }
  };

  const prune = (account: MemoryAccount, at: number): void => {
    if (account.settled.length < account.pruneAt) return;
    // The newest rows stay for the learned costs, whatever their age.
    const firstKept = account.settled.length - 256;
    const kept = account.settled.filter((row, index) => index >= firstKept || row.endedAt >= at - account.retentionMs);
    for (const row of account.settled) rows.delete(row.command.id);
    for (const row of kept) rows.set(row.command.id, row);
    account.settled = kept;
    account.pruneAt = Math.max(512, kept.length * 2);
  };

  return {
    name: "memory",
    shared: false,
    reserve: async (command) => reserve(command),
    peek: async (command) => decide(accountOf(command.account), command, rows.get(command.id), now()),
    heartbeat: async (id, fence) => {
      const row = rows.get(id);
      return row?.state === "held" && row.fence === fence;
    },
    async settle(id, fence, settlement) {
      const row = rows.get(id);
      if (row?.state !== "held" || row.fence !== fence) return false;
      settle(row, settlement);
      return true;
    },
    cancel: async (id) => forget(rows.get(id)),
    async block(name, block) {
      accountOf(name).block = block;
    },
    learned: async (name, key) => accountOf(name).learned.get(key) ?? null,
    async learn(name, key, value) {
      accountOf(name).learned.set(key, value);
    },
    async view(query) {
      const account = accountOf(query.account);
      const at = now();
      dropLingered(account, at);
      const windows = query.windows.map((rule) => {
        const count = countOf(account, rule, query, at);
        return { used: count.used, held: count.held, resetsAt: windowResetsAt(rule, count, at) };
      });
      return { now: at, windows, running: account.live.size, waiting: account.waiting.size, block: account.block };
    },
    async liveCalls(name, limit) {
      const account = accountOf(name);
      const running = [...account.live].filter(({ state }) => state === "held").sort((a, b) => a.fence - b.fence);
      return [...running, ...account.waiting].slice(0, limit).map(({ command, state, since }) => ({
        model: command.model,
        state: state === "held" ? "running" : "waiting",
        since,
      }));
    },
    async recentCosts(name, model, limit) {
      const settled = accounts.get(name)?.settled ?? [];
      const costs: number[] = [];
      for (let index = settled.length - 1; index >= 0 && costs.length < limit; index -= 1) {
        const row = settled[index];
        if (row !== undefined && !row.estimated && row.command.model === model) costs.push(row.apiTokens);
      }
      return costs;
    },
    async close() {
      isClosed = true;
      for (const account of accounts.values()) {
        if (account.users.delete(self)) endOwn(account);
      }
      forgetUnused(memory, now());
    },
  };
}
