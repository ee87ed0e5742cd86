import type { Ended } from "./continuation/ended.js";
import type { CostFields } from "./cost/meter.js";
import type { LaplasErrorCode } from "./errors/error-codes.js";
import type { QuotaCode } from "./ledger/ledger-store.js";
import type { Adjustment } from "./request/adjustment.js";
import type { Endpoint } from "./request/read-request.js";

/** What an event says of a call, and of each request to a provider that the call makes. */
interface Outcome {
  readonly at: Date;
  readonly endpoint: Endpoint;
  readonly streamed: boolean;
  /**
   * Of a request: `refused` where the provider answered that it does not take it, `failed` for anything else, `aborted` where nobody
   * waited for its end.
   */
  readonly outcome: "answered" | "refused" | "failed" | "aborted";
  /** With `refused` and `failed`. */
  readonly code?: LaplasErrorCode;
}

/** A call has ended. */
export interface CallEvent extends Outcome, CostFields {
  readonly type: "call";
  /** As in the call's report, and in the header `x-request-id`. */
  readonly requestId: string;
  /** Id of the provider that was asked last; of a call that was refused before, the first's. */
  readonly provider: string;
  readonly model: string;
  /** Whether the cost is. */
  readonly estimated: boolean;
  /** Model tokens that the answer has used, as its `usage` counts them; there once it is whole. */
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly adjusted: readonly Adjustment[];
  /** There, and true, where the answer ends at the tier's output limit and not where the model would have ended. */
  readonly truncatedByTier?: true;
  /** Requests whose answers this one was put together from; there where `continueAtCap` allows more than one. */
  readonly parts?: number;
  /** Why the answer is no longer; there with `parts`. */
  readonly ended?: Ended;
  readonly waitedMs: number;
  /** From the first step to the upstream's last byte. */
  readonly durationMs: number;
  /** There where the program traces with OpenTelemetry. */
  readonly traceId?: string;
}

/**
 * A request to the provider has ended. A call makes several where one is tried again, goes to another target, or goes on with an answer;
 * one that was refused before it was sent makes none.
 */
export interface RequestEvent extends Outcome {
  readonly type: "request";
  readonly provider: string;
  /** As the provider names it. */
  readonly model: string;
  /** The provider's status, where it gave one. */
  readonly status?: number;
  /** Of a stream: from its sending to the first event. */
  readonly firstMs?: number;
  /** From its sending to its last byte. */
  readonly durationMs: number;
}

/** What the engine reports to its listeners. Never holds a key or a prompt. */
export type LaplasEvent =
  | CallEvent
  | RequestEvent
  /** The upstream's account differs from ours. */
  | {
      readonly type: "upstream-quota";
      readonly at: Date;
      readonly code: QuotaCode;
      /** Nobody asks again before. */
      readonly until: Date;
      /** What our ledger had left, in the provider's unit of cost, where the server has none; absent where the tier counts nothing. */
      readonly ledgerLeft?: number;
    }
  /** The provider serves an account, or a model, only when somebody asks again by hand: told once. */
  | {
      readonly type: "upstream-off";
      readonly at: Date;
      readonly code: "payment_required" | "model_not_on_tier";
      readonly model: string;
    }
  /** Between two probes the server's day began: from now on the tier's assumed days begin at this hour, UTC. */
  | { readonly type: "reset-learned"; readonly at: Date; readonly resetHour: number }
  /** An assumed reset is tried with one call. */
  | { readonly type: "probe"; readonly at: Date; readonly model: string }
  /**
   * Several requests in a row had no answer: until `until` none is sent, then one call tries. `closed`: it was answered. Told by the
   * engine whose call it was, not by the others of the account.
   */
  | { readonly type: "breaker"; readonly at: Date; readonly state: "open"; readonly until: Date }
  | { readonly type: "breaker"; readonly at: Date; readonly state: "closed" }
  /**
   * A request waits for its turn or for a window: told at once, again when its place, its window or the moment changes, and when it waits
   * no longer. `id` is one wait's.
   */
  | {
      readonly type: "waiting";
      readonly state: "waits";
      readonly at: Date;
      readonly id: string;
      readonly provider: string;
      readonly model: string;
      /** Requests before it. */
      readonly position: number;
      /** When the windows let it pass; absent where it waits for the end of others, which nobody knows. */
      readonly until?: Date;
      /** There with `until`, unless it waits behind others alone. Of a limit that only the server knows, `used` and `limit` are 0. */
      readonly full?: {
        readonly rule: string;
        readonly used: number;
        readonly limit: number;
        readonly unit: string;
      };
    }
  | {
      readonly type: "waiting";
      readonly state: "over";
      readonly at: Date;
      readonly id: string;
      readonly provider: string;
      readonly model: string;
    }
  | {
      readonly type: "retry";
      readonly at: Date;
      readonly code: LaplasErrorCode;
      readonly attempt: number;
      readonly waitMs: number;
    }
  /** Something failed in a way nobody expected: the error's name, and where it was thrown. Its message may hold anything. */
  | { readonly type: "defect"; readonly at: Date; readonly error: string; readonly stack: readonly string[] }
  | { readonly type: "warning"; readonly at: Date; readonly message: string };

/** Hears events. What it throws is ignored: a listener can't fail a call. */
export type LaplasListener = (event: LaplasEvent) => void;
