import type { Account } from "../account/account.js";
import type { ClosingSignal } from "../closing.js";
import type { LaplasEvent } from "../events.js";
import type { ResolvedOptions } from "../options.js";
import type { Pictures } from "../pictures/create-pictures.js";
import type { Transport } from "../transport/transport.js";

/** What the steps of a call share: the engine's parts, made once. */
export interface CallContext {
  readonly options: ResolvedOptions;
  readonly transport: Transport;
  /** Fetches the pictures of answers. */
  readonly pictures: Pictures;
  readonly account: Account;
  /** Aborts when the engine is closed: what fails afterwards has been broken off. */
  readonly closed: ClosingSignal;
  emit(event: LaplasEvent): void;
  /** Tells a warning to listeners and, once per process and text, to the console. */
  warn(message: string): void;
}
