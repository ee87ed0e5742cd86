import { LedgerError } from "../errors/setup-errors.js";
import type { WindowRule } from "../tier/tier.js";
import { type AdmissionView, admit, type WindowCount, windowResetsAt, windowStart } from "./admit.js";
import type { AccountQuery, Block, LedgerStore, ReserveAnswer, ReserveCommand } from "./ledger-store.js";
import { isLingering, MAX_LINGER_MS, retentionMs } from "./retention.js";
import { amountOf, countsIn } from "./window-match.js";

interface Row {
  readonly command: ReserveCommand;
  readonly account: Account;
  state: "waiting" | "held" | "settled";
  fence: number;
  probe: boolean;
  apiTokens: number;
  estimated: boolean;
  endedAt: number;
  /** Since when it waits, or runs. */
  since: number;
}

interface Account {
  /** Insertion order is the queue's order. */
  readonly waiting: Set<Row>;
  /** Held and lingering rows. */
  readonly live: Set<Row>;
  /** In the order of their ends. */
  settled: Row[];
  block: Block | null;
  readonly learned: Map<string, number>;
  fence: number;
  retentionMs: number;
  /** Number of settled rows at which old ones are looked for next. */
  pruneAt: number;
}

/** Options of {@link createMemoryStore}. */
export interface MemoryStoreOptions {
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** A ledger for one process, forgotten with it. */
export function createMemoryStore({ now }: MemoryStoreOptions): LedgerStore {
  const accounts: Map<string, Account> = new Map();
  const rows: Map<string, Row> = new Map();

  const accountOf = (name: string): Account => {
    let account = accounts.get(name);
    if (account === undefined) {
      account = {
        waiting: new Set(),
        live: new Set(),
        settled: [],
        block: null,
        learned: new Map(),
        fence: 0,
        retentionMs: 0,
        pruneAt: 512,
      };
      accounts.set(name, account);
    }
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

  const remember = (account: Account, command: ReserveCommand): Row => {
    const row: Row = {
      command,
      account,
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

  const forget = (row: Row | undefined): void => {
    if (row === undefined || row.state === "settled") return;
    row.account.waiting.delete(row);
    row.account.live.delete(row);
    rows.delete(row.command.id);
  };

  const prune = (account: Account, at: number): void => {
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
      accounts.clear();
      rows.clear();
    },
  };
}

function decide(account: Account, command: ReserveCommand, own: Row | undefined, now: number): ReserveAnswer {
  dropLingered(account, now);
  const view = viewOf(account, command, own, now);
  const admission = admit(command, view);
  switch (admission.verdict) {
    case "deny":
      return { outcome: "denied", ...admission.denial };
    case "wait":
      return { outcome: "queued", position: view.ahead, movement: `${account.fence}/${account.live.size}`, now };
    case "admit": {
      const used = view.windows.map((count) => count.used + count.held);
      return { outcome: "admitted", fence: account.fence + 1, probe: admission.probe, used, now };
    }
  }
}

function viewOf(account: Account, command: ReserveCommand, own: Row | undefined, now: number): AdmissionView {
  let ahead = 0;
  for (const row of account.waiting) {
    if (row === own) break;
    ahead += 1;
  }
  let probing = false;
  for (const row of account.live) probing ||= row.probe;
  const windows = command.windows.map((rule) => countOf(account, rule, command, now));
  return { now, ahead, live: account.live.size, probing, windows, block: account.block };
}

function dropLingered(account: Account, now: number): void {
  for (const row of account.live) if (row.state === "settled" && !isLingering(row, now)) account.live.delete(row);
}

function countOf(account: Account, rule: WindowRule, query: AccountQuery, now: number): WindowCount {
  const start = windowStart(rule, now);
  let used = 0;
  let held = 0;
  for (const row of account.settled) {
    if (row.endedAt >= start && countsIn(rule, row.command, query.model)) used += amountOf(rule, row.apiTokens);
  }
  for (const row of account.live) {
    if (row.state === "held" && countsIn(rule, row.command, query.model))
      held += amountOf(rule, row.command.heldApiTokens);
  }
  return {
    used,
    held,
    *entriesNewestFirst() {
      for (const row of account.settled.toReversed().sort((a, b) => b.endedAt - a.endedAt)) {
        if (row.endedAt >= start && countsIn(rule, row.command, query.model)) {
          yield { amount: amountOf(rule, row.apiTokens), endedAt: row.endedAt };
        }
      }
    },
  };
}
