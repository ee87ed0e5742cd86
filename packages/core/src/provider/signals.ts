import type { Modality } from "../catalog/model.js";
import type { Meter } from "../cost/meter.js";

/** How a provider writes when something is over. */
export type TimeFormat =
  /** Go's durations: `2m59.56s`, `7.66s`, `1h2m3s`, `150ms`. */
  | "duration"
  /** Seconds from now, which may have a fraction: `33011.38`. */
  | "seconds"
  | "epoch-milliseconds"
  | "epoch-seconds"
  /** As in HTTP: `Sun, 06 Nov 1994 08:49:37 GMT`. */
  | "date";

/** The stretch of time that a window is of, where signals speak of one. */
export type SignalPeriod = "minute" | "hour" | "day" | "month";

/** A header of answers that tells of a window. */
export interface HeaderSignal {
  /** In lower case. */
  readonly name: string;
  readonly tells: "remaining" | "limit" | "reset";
  /** The window that it is about: of the tier's rules the one with this meter, period and scope. */
  readonly meter: Meter;
  readonly period: SignalPeriod;
  /** @default whichever scope the rule has */
  readonly scope?: "model" | "pool" | "account" | undefined;
  /** For `reset`. */
  readonly format?: TimeFormat | undefined;
}

/** A window of which the usage endpoint tells. */
export interface UsageWindow {
  /** The window that it is about, as in {@link HeaderSignal}; never of one model, since it is asked beside calls. */
  readonly meter: Meter;
  readonly period: SignalPeriod;
  readonly scope?: "pool" | "account" | undefined;
  /** Where the answer has what is left: field names from its root. */
  readonly remaining: string;
  /** Where it has the limit that it counts down from. @default the rule's */
  readonly limit?: string | undefined;
}

/** Where a provider tells, on request, what an account has left. To ask must be free. */
export interface UsageEndpoint {
  /** Below the provider's address: `/key`. Asked with the key. */
  readonly path: string;
  readonly windows: readonly UsageWindow[];
}

/** What a failed answer means. */
export type FailureKind =
  /** A window is used up, by the provider's own count. */
  | "quota"
  /** Too fast; a pause helps. */
  | "rate"
  /** The request costs more than the tier pays for one. */
  | "cost"
  /** Larger than any request may be. */
  | "request_size"
  | "context_length"
  /** The model is not on this plan, or no longer served. */
  | "model_off"
  /** Nothing is served before somebody pays. */
  | "payment"
  | "authentication"
  | "invalid_request"
  /** The provider's fault, and nothing runs: may pass later. */
  | "unavailable";

/** Where a failed answer says until when. */
export interface UntilSignal {
  /** Header in lower case. */
  readonly header?: string | undefined;
  /** Field names from the body's root, with numbers for places in lists: `error.metadata.reset`. */
  readonly path?: string | undefined;
  /** Found in the answer's text: the first group is the time. */
  readonly pattern?: string | undefined;
  readonly format: TimeFormat;
}

/** One kind of failed answer, and what it means. */
export interface FailureSignal {
  /** @default any that is no success */
  readonly status?: number | readonly number[] | undefined;
  /** @default all */
  readonly modalities?: readonly Modality[] | undefined;
  /** The header in lower case that `pattern` is looked for in. */
  readonly header?: string | undefined;
  /** The text that `pattern` is looked for in: a path as in {@link UntilSignal}. @default the whole body */
  readonly path?: string | undefined;
  /** A regular expression, in any case of letters. @default any text */
  readonly pattern?: string | undefined;
  /** Texts that it must not hold. */
  readonly unless?: string | undefined;
  readonly kind: FailureKind;
  /**
   * What a quota, a pause or a closure concerns.
   *
   * @default of a `quota` that names a meter the narrowest of the tier's windows that fit, of others the account; of `payment` the account,
   * of `model_off` the model; of a `rate` the one call, and the model where the pause is too long to sit out
   */
  readonly scope?: "model" | "pool" | "account" | undefined;
  /** The window that a quota is of. */
  readonly meter?: Meter | undefined;
  readonly period?: SignalPeriod | undefined;
  /** When it is over, where the answer says so. @default the window's next edge; `payment` and `model_off` last until somebody asks again */
  readonly until?: UntilSignal | undefined;
}

/** How a provider tells of its limits: data, so that a document can hold it. */
export interface Signals {
  /** Tried in order; what none fits is taken by its status, as HTTP means it. */
  readonly failures: readonly FailureSignal[];
  readonly headers: readonly HeaderSignal[];
  /** Fields of which each error in the provider's own shape has all of one row. What has them was not answered by something in front. */
  readonly errorShapes: readonly (readonly string[])[];
  /** A regular expression that finds the address at which people pay, in errors of quotas. */
  readonly billingPattern?: string | undefined;
  /** Asked before the first call of an engine, and after a refusal that its count did not foresee. @default none */
  readonly usageEndpoint?: UsageEndpoint | undefined;
}
