import type { ClosingSignal } from "../closing.js";
import type { ExpectedCosts } from "../cost/expected-costs.js";
import type { LaplasEvent } from "../events.js";
import type { LedgerStore } from "../ledger/ledger-store.js";
import type { TurnQueue } from "../ledger/turn-queue.js";
import type { ResolvedOptions } from "../options.js";
import type { Transport } from "../transport/transport.js";
import type { LearnedReset } from "./learned-reset.js";

/** What the steps of a call share: the engine's parts, made once. */
export interface CallContext {
  readonly options: ResolvedOptions;
  readonly transport: Transport;
  /** Opened with the first call. */
  ledger(): Promise<LedgerStore>;
  /** The account's name in the ledger: a hash of origin and key. */
  account(): Promise<string>;
  readonly queue: TurnQueue;
  readonly expectedCosts: ExpectedCosts;
  readonly learnedReset: LearnedReset;
  /** One promise for each place that is held or waited for, resolved with its end. */
  readonly places: Set<Promise<void>>;
  /** Aborts when the engine is closed: what fails afterwards has been broken off. */
  readonly closed: ClosingSignal;
  emit(event: LaplasEvent): void;
  /** Tells a warning to listeners and, once per process and text, to the console. */
  warn(message: string): void;
}
