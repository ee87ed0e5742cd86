import type { Surface, WindowRule } from "../tier/tier.js";

/** What a caller wants to send. The same command, repeated with the same id, asks again: it never takes a second place. */
export interface ReserveCommand {
  /** Made by the caller; the ticket in the queue, the lease and the row in the account are one thing under this id. */
  readonly id: string;
  /** Hash of the base URL's origin and the key. */
  readonly account: string;
  /** Primary id of the model: its aliases share one count. */
  readonly model: string;
  readonly modelClass: "regular" | "pro";
  readonly surface: Surface;
  /** API tokens this row holds against others until it is settled. */
  readonly heldApiTokens: number;
  /** Whether this call's own hold must fit as well (`reserve: "worst"`). */
  readonly countOwnHold: boolean;
  /** The tier's windows that bind this call. */
  readonly windows: readonly WindowRule[];
  /** How many calls of the account may run at once; `null` for any number. */
  readonly concurrency: number | null;
  /** How long the lease, or the ticket, lives without a sign of its holder. */
  readonly leaseMs: number;
}

/** Why a call can't be admitted before a known time. */
export interface Denial {
  /** `window`: our own count is full. `upstream`: the server said so. `cost`: the worst case does not fit an empty window. */
  readonly reason: "window" | "upstream" | "cost";
  readonly rule: string;
  readonly code: "daily_quota" | "hourly_quota" | "request_cost";
  readonly resetsAt: number;
  readonly used: number;
  readonly limit: number;
  readonly metric: WindowRule["metric"];
  /** The store's clock. */
  readonly now: number;
}

export type ReserveAnswer =
  | {
      readonly outcome: "admitted";
      /** Grows with each admission of the account: a settlement with an older fence is not heard. */
      readonly fence: number;
      /** True for the one call that tries whether an assumed reset has happened. */
      readonly probe: boolean;
      /** Per window of the command: used + held by others at admission. */
      readonly used: readonly number[];
      readonly now: number;
    }
  | {
      readonly outcome: "queued";
      /** 0: next. */
      readonly position: number;
      /** Changes whenever the account's queue moves: patience counts only time in which it does not. */
      readonly movement: string;
      readonly now: number;
    }
  | ({ readonly outcome: "denied" } & Denial);

/** What a call cost. */
export interface Settlement {
  readonly apiTokens: number;
  /** True if the number is ours and not the server's. */
  readonly estimated: boolean;
  /** The place is kept for so long after the end: an aborted request may still run upstream. */
  readonly lingerMs: number;
  /** The answer shows that the account has budget: an upstream block is over. */
  readonly clearsBlock: boolean;
}

/** The server's word that the budget is used up. Until then nobody sends; after it one call tries. */
export interface Block {
  readonly until: number;
  readonly code: "daily_quota" | "hourly_quota";
  readonly rule: string;
}

/** What one window of an account holds at the store's present. */
export interface WindowUse {
  readonly used: number;
  readonly held: number;
  readonly resetsAt: number;
}

/** An account at one moment. */
export interface AccountView {
  readonly now: number;
  /** Aligned to the windows asked for. */
  readonly windows: readonly WindowUse[];
  readonly running: number;
  readonly waiting: number;
  readonly block: Block | null;
}

/** A call that has not ended. */
export interface LiveCall {
  readonly model: string;
  readonly state: "running" | "waiting";
  /** Since when it runs, or waits: epoch milliseconds. */
  readonly since: number;
}

/** The part of a reserve command that a view needs. */
export type AccountQuery = Pick<ReserveCommand, "account" | "model" | "windows">;

/**
 * Rows of accounts: `reserve -> heartbeat -> settle | cancel`. Rows only, no counters: use is a query over rows, so it can't
 * drift. Every step is idempotent, and one that is refused changes nothing. Stores throw `LedgerError` and nothing else.
 */
export interface LedgerStore {
  readonly name: "memory" | "sqlite" | "redis";
  /** Whether other processes share the rows: then leases need heartbeats. */
  readonly shared: boolean;
  reserve(command: ReserveCommand): Promise<ReserveAnswer>;
  /** The same decision, nothing written. */
  peek(command: ReserveCommand): Promise<ReserveAnswer>;
  /** Prolongs a lease; false if it is lost. */
  heartbeat(id: string, fence: number, leaseMs: number): Promise<boolean>;
  /** Charges a row and frees its place; false if the fence is stale or the row already ended. */
  settle(id: string, fence: number, settlement: Settlement): Promise<boolean>;
  /** Takes a ticket, or a row whose request never reached the server, out of the account. */
  cancel(id: string): Promise<void>;
  block(account: string, block: Block): Promise<void>;
  /** A number that the server's answers have taught, by its key; `null` if it is not known. */
  learned(account: string, key: string): Promise<number | null>;
  learn(account: string, key: string, value: number): Promise<void>;
  view(query: AccountQuery): Promise<AccountView>;
  /** Calls that have not ended: those that run, then those that wait, in the order of their turns. */
  liveCalls(account: string, limit: number): Promise<LiveCall[]>;
  /** Costs of the newest settled calls of a model, newest first; estimates left out. */
  recentCosts(account: string, model: string, limit: number): Promise<number[]>;
  /** Takes a listener for what the store has to tell beside its answers: that it has lost its data, say. */
  onWarning?(listener: (message: string) => void): void;
  close(): Promise<void>;
}
