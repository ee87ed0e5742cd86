import type { Period } from "../tier/tier.js";
import type { Misdated } from "./misdated.js";

/** What a caller wants to send. The same command, repeated with the same id, asks again: it never takes a second place. */
export interface ReserveCommand {
  /** Made by the caller; the ticket in the queue, the lease and the row in the account are one thing under this id. */
  readonly id: string;
  /** Hash of the base URL's origin and the key. */
  readonly account: string;
  /** Opaque to the store; `recentCosts` and `liveCalls` read it back. */
  readonly label: string;
  /** What the call counts in. */
  readonly buckets: readonly BucketHold[];
  /** The windows over these buckets that bind the call. */
  readonly claims: readonly Claim[];
  /** What the call occupies until it ends, and how many calls may do so at once. */
  readonly slots: readonly Slot[];
  /** Names that a block may have, beside the buckets: the account, pools, the model. */
  readonly scopes: readonly string[];
  /** How long the call would wait for a window. */
  readonly patienceMs: number;
  /** How long the holder's rows live without a heartbeat. */
  readonly leaseMs: number;
  /**
   * A further request of a call that was admitted before: its ticket stands before those of calls that have not begun; among such
   * tickets, the earlier first.
   *
   * @default false
   */
  readonly ahead?: boolean;
}

/** One meter in one scope. Its name holds no rule, limit or period. */
export interface BucketHold {
  readonly name: string;
  /** Counted against others until the call is settled. */
  readonly hold: number;
  /** Whether the server counts a call when it begins. @default "end", the safe choice: held until the end, then counted from there */
  readonly countFrom?: "start" | "end";
}

/** One window over a bucket. Several may name the same bucket, whose amount is held and charged once. */
export interface Claim {
  readonly bucket: string;
  /** Id of the rule, for messages. */
  readonly rule: string;
  readonly limit: number;
  readonly period: Period;
  /** Skew between this clock and the server's that a calendar edge forgives, in milliseconds. */
  readonly marginMs: number;
  /** Whether the call's own hold must fit as well; else it is admitted while anything is left: alone, where that is less than it holds. */
  readonly mustFit: boolean;
}

export interface Slot {
  readonly name: string;
  readonly limit: number;
}

/** The codes of a quota that is used up. */
export type QuotaCode = "hourly_quota" | "daily_quota" | "monthly_quota";

/** The codes of a block. One that is no quota's stands until somebody asks again by hand: no clock ends it. */
export type BlockCode = QuotaCode | "payment_required" | "model_not_on_tier";

/** Why a call can't be admitted before a known time. */
export interface Denial {
  /** `window`: our own count is full. `upstream`: a block. `breaker`: the provider does not answer. `cost`: the hold does not fit an empty window. */
  readonly reason: "window" | "upstream" | "breaker" | "cost";
  /** The claim's rule, or the block's. */
  readonly rule: string;
  readonly code: BlockCode | "request_cost";
  /** The claim's bucket; absent for a block. */
  readonly bucket?: string;
  readonly resetsAt: number;
  readonly used: number;
  readonly limit: number;
  /** The store's clock. */
  readonly now: number;
}

/** A window that a call waits for, or a block of the upstream, of which nothing is counted: `used` and `limit` are 0. */
export interface FullWindow {
  /** Id of the claim's rule, or of the block's. */
  readonly rule: string;
  /** Used, and held by calls that run. */
  readonly used: number;
  readonly limit: number;
}

export type ReserveAnswer =
  | {
      readonly outcome: "admitted";
      /** Grows with each admission of the account: a settlement with an older fence is not heard. */
      readonly fence: number;
      /** Names of the blocks whose end this call tries. */
      readonly probes: readonly string[];
      /** Per claim of the command: used + held by others at admission. */
      readonly used: readonly number[];
      readonly now: number;
    }
  | {
      readonly outcome: "queued";
      /** Tickets before this one that share a bucket or a slot with it; 0: next. */
      readonly position: number;
      /**
       * The order in which they stand: it grows with each ticket of the account, those of calls that stand ahead being below 0. Absent
       * where the call has none.
       */
      readonly ticket?: number;
      /** Changes whenever the account's queue moves: patience for slots counts only time in which it does not. */
      readonly movement: string;
      /** When the windows let the call pass; absent where it waits for the end of other calls, which nobody knows. */
      readonly readyAt?: number;
      /** There with `readyAt`: what holds the call up longest; absent where it waits behind earlier calls alone. */
      readonly full?: FullWindow;
      readonly now: number;
    }
  | ({ readonly outcome: "denied" } & Denial);

/** How a call ended. */
export interface Settlement {
  /** What it used, by bucket. A bucket that is not named is charged what it holds. */
  readonly amounts: Readonly<Record<string, number>>;
  /** True if the numbers are ours and not the server's. */
  readonly estimated: boolean;
  /** The slots are kept for so long after the end: the request may still run upstream. */
  readonly lingerMs: number;
  /**
   * `answered`: the provider serves; blocks that the call was the probe of are over, and so is a row of failures. `failed`: nobody
   * knows whether it runs; three in a row open the breaker. `other`: tells nothing of either.
   */
  readonly outcome: "answered" | "failed" | "other";
}

/** Until when a scope or a bucket is closed. */
export interface Block {
  /** A scope or a bucket of commands. */
  readonly name: string;
  readonly until: number;
  /** No quota's block lasts longer: one whose end lies further ahead was set under a wrong clock, and is over. */
  readonly longestMs: number;
  readonly code: BlockCode;
  readonly rule: string;
  /** Whether the end is only assumed, so that one call tries it before the others follow. */
  readonly needsProbe: boolean;
}

/** What the server's answers teach. */
export type Lesson =
  /** A block. Of two with one name the later end wins. */
  | ({ readonly kind: "block" } & Block)
  /** A number by its key; the newest counts. */
  | { readonly kind: "value"; readonly key: string; readonly value: number }
  /**
   * Added to the number of its key, which is 0 before the first. Whole numbers that only grow, up to the largest safe integer; anything
   * else is not heard.
   */
  | { readonly kind: "count"; readonly key: string; readonly by: number }
  /**
   * The server's own count of one claim's window, as its answer to a call tells it; `fence` is that call's. Where it differs from what
   * stands in the account, the difference is charged: see `correction.ts`. Without a fence it was told beside calls: then it may only add.
   */
  | { readonly kind: "use"; readonly claim: Claim; readonly used: number; readonly fence?: number }
  /** Ends a block, whatever its end: somebody asks again by hand. */
  | { readonly kind: "lift"; readonly name: string };

/** What one claim's window holds at the store's present. */
export interface WindowUse {
  readonly used: number;
  readonly held: number;
  readonly resetsAt: number;
}

/** An account at one moment. */
export interface AccountView {
  readonly now: number;
  /** Aligned to the claims asked for. */
  readonly windows: readonly WindowUse[];
  /** Calls that hold something: those that run, and those whose slots are kept. */
  readonly running: number;
  readonly waiting: number;
  /** Blocks that are not over, or whose end nobody has tried yet; the breaker's under the name {@link BREAKER} among them. */
  readonly blocks: readonly Block[];
}

/** The breaker's block. It closes the whole account. */
export const BREAKER = "breaker";

/** A call that has not ended. */
export interface LiveCall {
  readonly label: string;
  readonly state: "running" | "waiting";
  /** Since when it runs, or waits: epoch milliseconds. */
  readonly since: number;
}

/** A call that an engine believes to hold. */
export interface Lease {
  readonly id: string;
  readonly fence: number;
}

/**
 * Rows of accounts: `reserve -> heartbeat -> settle | cancel`. What is used is a function of rows, so it can't drift. Every step is
 * idempotent, but for lessons that count, and one that is refused changes nothing. Stores know buckets, and no model, tier or provider.
 * They throw `LedgerError` and nothing else.
 *
 * A store is one holder: its tickets and leases live as long as it gives signs, whichever engines use it.
 */
export interface LedgerStore {
  readonly name: "memory" | "sqlite" | "redis";
  /** Whether other processes share the rows: then the holder needs heartbeats. */
  readonly shared: boolean;
  /**
   * Admits the call, or answers why not. With a ticket a call that has to wait joins the queue; without, nothing is left behind.
   *
   * @param options.ticket @default true
   */
  reserve(command: ReserveCommand, options?: { readonly ticket: boolean }): Promise<ReserveAnswer>;
  /** The same decision, nothing written of the call. */
  peek(command: ReserveCommand): Promise<ReserveAnswer>;
  /** Prolongs all rows of this holder in an account, its tickets too. @returns those of the leases that are lost */
  heartbeat(account: string, leases: readonly Lease[], leaseMs: number): Promise<Lease[]>;
  /**
   * Charges a row and frees its slots; false if the fence is stale or the row already ended. The row of a holder that was given up has
   * been charged its hold: a settlement that comes late puts the true amounts in its place, and answers true.
   */
  settle(id: string, fence: number, settlement: Settlement): Promise<boolean>;
  /** Takes a ticket, or a row whose request never reached the server, out of the account. */
  cancel(id: string): Promise<void>;
  teach(account: string, lessons: readonly Lesson[]): Promise<void>;
  /** A number that was taught, or counted, by its key; `null` if it is not known. */
  learned(account: string, key: string): Promise<number | null>;
  view(account: string, claims: readonly Claim[]): Promise<AccountView>;
  /** Calls that have not ended: those that run, then those that wait, in the order of their turns. */
  liveCalls(account: string, limit: number): Promise<LiveCall[]>;
  /** What the newest settled calls with a label used of a bucket, newest first; estimates left out. */
  recentCosts(account: string, label: string, bucket: string, limit: number): Promise<number[]>;
  /** What a clock that was wrong has left in an account: calls and blocks whose times can't be right. */
  misdated?(account: string): Promise<Misdated>;
  /** Charges these calls at the store's present, so that the windows of now count them, and drops these blocks. */
  redate?(account: string): Promise<void>;
  /** Takes a listener for what the store has to report beside its answers: that it has lost its data, say. */
  onWarning?(listener: (message: string) => void): void;
  close(): Promise<void>;
}
