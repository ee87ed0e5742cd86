import type { Modality } from "../catalog/model.js";
import type { Meter } from "../cost/meter.js";
import type { FatalUpstreamCode, RetryableUpstreamCode } from "../errors/error-codes.js";
import type { QuotaCode } from "../ledger/ledger-store.js";
import type { FailureSignal, SignalPeriod, Signals } from "../provider/signals.js";
import { type ErrorBody, readErrorBody, SEARCHED_CHARACTERS } from "./error-body.js";
import { matchingSignal } from "./match-signal.js";
import { findPattern } from "./pattern.js";
import { isProviderError } from "./provider-error.js";
import { isPage } from "./read-failure.js";
import { readRetryAfter, readTime } from "./read-time.js";
import { readWordedPause } from "./read-worded-pause.js";
import { hasZeroLimit } from "./zero-limit.js";

/** What a limit concerns. */
type Scope = "model" | "pool" | "account";

/** What an answer that is no success means. */
export type FailureClass =
  /** The budget is used up, by the server's own count. */
  | {
      readonly kind: "quota";
      readonly code: QuotaCode;
      /** What it concerns: where the answer does not name the plan, the model that was asked. */
      readonly scope?: Scope;
      readonly meter?: Meter;
      readonly period?: SignalPeriod;
      readonly retryAfterMs?: number;
      /** Its words say neither which window is used up nor until when. */
      readonly isGuess?: boolean;
    }
  /** Nothing of the kind is served on this plan, whatever the time. */
  | { readonly kind: "off"; readonly code: "payment_required" | "model_not_on_tier"; readonly scope: Scope }
  /** Too fast; a pause helps. With a scope nothing of it is sent meanwhile. */
  | { readonly kind: "rate"; readonly retryAfterMs: number; readonly scope?: Scope; readonly isGuess?: boolean }
  /**
   * Their fault, or the model vendor's: may pass later. `transient` in the provider's own words, so that nothing runs;
   * `uncertain` where something in front may have answered, and the request may run on behind it.
   */
  | {
      readonly kind: "transient" | "uncertain";
      readonly code: Exclude<RetryableUpstreamCode, "network">;
      readonly retryAfterMs?: number;
    }
  /** A request that the tier's bound on the cost of one does not pay for. */
  | { readonly kind: "cost" }
  /** Larger than any request may be. */
  | { readonly kind: "request_size" }
  /** This request is wrong, or the answer makes no sense. */
  | { readonly kind: "refused"; readonly code: FatalUpstreamCode };

/** An answer's head and the text of its body. */
export interface FailedResponse {
  readonly status: number;
  readonly text: string;
  /** @param name in lower case */
  header(name: string): string | undefined;
  readonly modality: Modality;
  /** Epoch milliseconds, for times that are instants. */
  readonly now: number;
}

/** A pause for a rate limit that names none. */
const RATE_PAUSE_MS = 5_000;
/** Longer pauses are quotas in all but name: nobody should wait in line for them. */
const LONGEST_PAUSE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** No quota lasts longer than a month; a larger figure is an odd header. */
const LONGEST_QUOTA_MS = 31 * 86_400_000;

const QUOTA_CODES: Readonly<Record<SignalPeriod, QuotaCode>> = {
  minute: "hourly_quota",
  hour: "hourly_quota",
  day: "daily_quota",
  month: "monthly_quota",
};

/** Reads a failed answer: by the provider's own signals, in order; where none fits, by what its status means in HTTP. */
export function classifyFailure(answer: FailedResponse, signals: Signals): FailureClass {
  // A page is not the provider's, whatever its words: a firewall's may say "resource limit".
  const isForeign = isPage(answer.text);
  const body = readErrorBody(isForeign ? "" : answer.text);
  const signal = isForeign ? undefined : matchingSignal(signals.failures, answer, body);
  return signal === undefined ? byStatus(answer, body, signals) : bySignal(signal, pauseOf(answer, body, signal));
}

const MODEL_OFF = { kind: "off", code: "model_not_on_tier", scope: "model" } as const;
const PAYMENT = { kind: "off", code: "payment_required", scope: "account" } as const;

function bySignal({ kind, scope, meter, period, pattern }: FailureSignal, pause: number | undefined): FailureClass {
  const named = scope === undefined ? {} : { scope };
  const isGuess = pattern === undefined && pause === undefined;
  switch (kind) {
    case "quota": {
      const code = period === undefined ? codeOf(pause) : QUOTA_CODES[period];
      const window = { ...(meter === undefined ? {} : { meter }), ...(period === undefined ? {} : { period }) };
      // Longer windows are tried an hour apart as it is.
      const isUnsaid = isGuess && code === "hourly_quota";
      const until = pause === undefined ? {} : { retryAfterMs: pause };
      return { kind, code, ...named, ...window, ...until, ...(isUnsaid ? { isGuess } : {}) };
    }
    case "rate":
      return { ...rateOf(pause, scope), ...(isGuess && scope !== undefined ? { isGuess } : {}) };
    case "payment":
      return { ...PAYMENT, scope: scope ?? "account" };
    case "model_off":
      return { ...MODEL_OFF, scope: scope ?? "model" };
    case "unavailable":
      return { kind: "transient", code: "unavailable", ...shortened(pause) };
    case "cost":
    case "request_size":
      return { kind };
    case "context_length":
    case "authentication":
    case "invalid_request":
      return { kind: "refused", code: kind };
  }
}

function byStatus(answer: FailedResponse, body: ErrorBody, signals: Signals): FailureClass {
  const { errorShapes } = signals;
  const { status } = answer;
  const pause = pauseOf(answer, body, undefined);
  // What names a time is not for ever.
  if (pause === undefined && hasZeroLimit(answer, body, signals)) return MODEL_OFF;
  if (status === 408 || status >= 500) {
    const isTheirs = !isPage(answer.text) && isProviderError(answer.text, errorShapes);
    const code = status === 408 || status === 504 ? "timeout" : "unavailable";
    return { kind: isTheirs ? "transient" : "uncertain", code, ...shortened(pause) };
  }
  if ((status === 400 || status === 413 || status === 422) && body.texts.some(isContextOverflow))
    return { kind: "refused", code: "context_length" };
  switch (status) {
    case 429:
      return rateOf(pause, undefined);
    case 401:
      return { kind: "refused", code: "authentication" };
    case 402:
      return pause === undefined ? PAYMENT : rateOf(pause, "account");
    case 410:
      return pause === undefined ? MODEL_OFF : rateOf(pause, "model");
    case 413:
      return { kind: "request_size" };
    case 400:
    case 404:
    case 405:
    case 422:
      return { kind: "refused", code: "invalid_request" };
    default: {
      // In the provider's own words it is a refusal, whatever the status.
      const isTheirs = !isPage(answer.text) && isProviderError(answer.text, errorShapes);
      return { kind: "refused", code: isTheirs ? "invalid_request" : "unexpected_response" };
    }
  }
}

function rateOf(pause: number | undefined, scope: Scope | undefined): FailureClass {
  if (pause !== undefined && pause > LONGEST_PAUSE_MS)
    return { kind: "quota", code: codeOf(pause), scope: scope ?? "model", retryAfterMs: pause };
  return { kind: "rate", retryAfterMs: pause ?? RATE_PAUSE_MS, ...(scope === undefined ? {} : { scope }) };
}

/** The code of a quota that does not say what it is of. */
function codeOf(pause: number | undefined): QuotaCode {
  return pause !== undefined && pause <= HOUR_MS ? "hourly_quota" : "daily_quota";
}

/** The engine sits pauses out, and so do its callers: none of them for hours. */
function shortened(pause: number | undefined): { readonly retryAfterMs?: number } {
  return pause === undefined ? {} : { retryAfterMs: Math.min(pause, LONGEST_PAUSE_MS) };
}

/**
 * How long to wait, where the answer says so: in the place that the signal names, else in `Retry-After`, else in the words of the error.
 * The words for a quota are not believed: Google's say "retry in 36s" of one that lasts until midnight.
 */
function pauseOf(
  { header, now, text: whole }: FailedResponse,
  body: ErrorBody,
  signal: FailureSignal | undefined,
): number | undefined {
  const until = signal?.until;
  if (until !== undefined) {
    const { header: name, path, pattern, format } = until;
    const said = [
      name === undefined ? undefined : header(name),
      path === undefined ? undefined : body.at(path),
      pattern === undefined ? undefined : firstGroup(pattern, body),
    ];
    for (const text of said) {
      const ms = text === undefined ? undefined : readTime(text, format, now);
      if (ms !== undefined) return ms;
    }
  }
  const ms = readRetryAfter(header("retry-after") ?? "", now);
  if (ms !== undefined && ms <= LONGEST_QUOTA_MS) return ms;
  return signal?.kind === "quota" ? undefined : readWordedPause(messageOf(body, whole));
}

/** The message of an error: elsewhere in it the words may be a prompt's. A body that is not JSON is all message. */
function messageOf(body: ErrorBody, text: string): string {
  const named = body.at("error.message") ?? body.at("message") ?? body.at("error");
  const message = named ?? (/^\s*[[{]/.test(text) ? "" : body.texts[0]);
  return message?.slice(0, SEARCHED_CHARACTERS) ?? "";
}

function firstGroup(pattern: string, { texts }: ErrorBody): string | undefined {
  for (const text of texts) {
    const found = findPattern(text, pattern)?.[1];
    if (found !== undefined) return found;
  }
  return undefined;
}

function isContextOverflow(text: string): boolean {
  return /maximum context length|context_length_exceeded|context window|too many tokens|prompt is too long/i.test(text);
}
