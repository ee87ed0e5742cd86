import type { FatalUpstreamCode, RetryableUpstreamCode } from "../errors/error-codes.js";
import type { LaplasErrorDetails } from "../errors/laplas-error.js";
import type { Endpoint } from "../request/read-request.js";
import { isProviderError } from "./provider-error.js";

/** What an answer that is no success means. */
export type FailureClass =
  /** The budget is used up, by the server's own count. */
  | {
      readonly kind: "quota";
      readonly code: "daily_quota" | "hourly_quota";
      /** What it concerns: where the answer does not name the plan, the model that was asked. */
      readonly scope: "account" | "model";
      readonly retryAfterMs?: number;
    }
  /** Too fast; a pause helps. */
  | { readonly kind: "rate"; readonly retryAfterMs: number }
  /**
   * Their fault, or the model vendor's: may pass later. `transient` in the provider's own words, so that nothing runs;
   * `uncertain` where something in front may have answered, and the request may run on behind it.
   */
  | {
      readonly kind: "transient" | "uncertain";
      readonly code: Exclude<RetryableUpstreamCode, "network">;
      readonly retryAfterMs?: number;
    }
  /** An image that the tier's bound on one request does not pay for. */
  | { readonly kind: "cost" }
  /** This request is wrong, or the answer makes no sense. */
  | { readonly kind: "refused"; readonly code: FatalUpstreamCode };

/** An answer's head and the text of its body. */
export interface FailedResponse {
  readonly status: number;
  readonly text: string;
  readonly retryAfter: string | undefined;
  readonly endpoint: Endpoint;
  /** Epoch milliseconds, for a `Retry-After` that is a date. */
  readonly now: number;
}

/** A pause for a rate limit that names none. */
const RATE_PAUSE_MS = 5_000;
/** Longer pauses are quotas in all but name: nobody should wait in line for them. */
const LONGEST_PAUSE_MS = 60_000;

/**
 * Reads a failed answer. The published bodies were seen as invalid JSON, so texts are looked for, not fields; the status
 * decides where no known text is found.
 */
export function classifyAnswer(answer: FailedResponse): FailureClass {
  const { status } = answer;
  // A page is not the provider's, whatever its words: a firewall's may say "resource limit".
  const text = isPage(answer.text) ? "" : answer.text;
  const pause = parseRetryAfter(answer);
  const hint = pause === undefined ? {} : { retryAfterMs: pause };
  // 2025-03 until today: 403. Before, and still on the page "General Info": 429 with the hourly text.
  if (status === 403 && /plan\.rule:|resource limit|run out of credits|daily call limit/i.test(text)) {
    return { kind: "quota", code: "daily_quota", scope: "account", ...hint };
  }
  if (answer.endpoint === "image" && isTooDear(status, text)) return { kind: "cost" };
  if (status === 429) {
    if (/free limit for the hour/i.test(text))
      return { kind: "quota", code: "hourly_quota", scope: "account", ...hint };
    if (pause !== undefined && pause > LONGEST_PAUSE_MS) {
      return { kind: "quota", code: pause > 3_600_000 ? "daily_quota" : "hourly_quota", scope: "model", ...hint };
    }
    return { kind: "rate", retryAfterMs: pause ?? RATE_PAUSE_MS };
  }
  // The engine sits pauses out, and so do its callers: none of them for hours.
  const short = pause === undefined ? {} : { retryAfterMs: Math.min(pause, LONGEST_PAUSE_MS) };
  if (status === 408 || status >= 500) {
    const kind = isProviderError(text) ? "transient" : "uncertain";
    return { kind, code: status === 408 || status === 504 ? "timeout" : "unavailable", ...short };
  }
  if (status === 401) return { kind: "refused", code: "authentication" };
  if ((status === 400 || status === 413 || status === 422) && isContextOverflow(text)) {
    return { kind: "refused", code: "context_length" };
  }
  if (status === 400 || status === 404 || status === 405 || status === 413 || status === 422) {
    return { kind: "refused", code: "invalid_request" };
  }
  return { kind: "refused", code: "unexpected_response" };
}

/** The body was never published: words of price or API tokens in a refusal that is no validation error. */
function isTooDear(status: number, text: string): boolean {
  if (![400, 402, 403, 413, 422].includes(status) || /validation error|unsupported value/i.test(text)) return false;
  return /\b512 (?:api )?tokens?\b|api.tokens|request_cost|too expensive|costs? more|price/i.test(text);
}

function isContextOverflow(text: string): boolean {
  return /maximum context length|context_length_exceeded|context window|too many tokens|prompt is too long/i.test(text);
}

/** No quota lasts longer; a larger figure is an odd header, and would be no date. */
const LONGEST_QUOTA_MS = 31 * 86_400_000;

/** Seconds or an HTTP date; anything else is no hint. */
function parseRetryAfter({ retryAfter = "", now }: FailedResponse): number | undefined {
  const isNumber = /^\s*\d+(?:\.\d+)?\s*$/.test(retryAfter);
  // `Date.parse` takes "-1" for the year 2001.
  const isDate = /^\s*[A-Z][a-z]+,? /.test(retryAfter);
  const ms = isNumber ? Math.ceil(Number(retryAfter) * 1_000) : isDate ? Date.parse(retryAfter) - now : Number.NaN;
  return ms <= LONGEST_QUOTA_MS ? Math.max(0, ms) : undefined;
}

/** What a failed answer says of itself, read leniently: from JSON of either shape, or from text that looks like it. */
export function readFailure(text: string): Pick<LaplasErrorDetails, "requestId" | "billingUrl"> & { message: string } {
  const parsed = parseObject(text);
  const nested = parsed?.error as { message?: unknown } | undefined;
  const message = firstText(parsed?.message, nested?.message, /"message"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(text)?.[1]);
  // An id, and not whatever a server may put there: it is passed on as it is.
  const requestId = /"requestId"\s*:\s*"([\w-]{1,100})"/.exec(text)?.[1];
  const billingUrl = /https:\/\/[\w.-]+\/app\/billing/.exec(text)?.[0];
  return {
    message: message ?? (isPage(text) ? "an HTML page" : ""),
    ...(requestId === undefined ? {} : { requestId }),
    ...(billingUrl === undefined ? {} : { billingUrl }),
  };
}

/** Whether a body is HTML, or XML. */
export function isPage(text: string): boolean {
  return /^\s*</.test(text);
}

function parseObject(text: string): { message?: unknown; requestId?: unknown; error?: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function firstText(...values: unknown[]): string | undefined {
  for (const value of values) if (typeof value === "string" && value !== "") return value;
  return undefined;
}
