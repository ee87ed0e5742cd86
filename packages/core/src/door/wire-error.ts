import type { LaplasErrorCode } from "../errors/error-codes.js";
import { isLaplasError, type LaplasError } from "../errors/laplas-error.js";
import { withoutRetryWords } from "../errors/quote.js";
import type { WireError } from "../errors/wire-error.js";
import { finalWords } from "./final-words.js";
import type { QuotaStatus } from "./quota-status.js";

/** How an error looks to OpenAI-compatible clients. */
interface WireForm {
  readonly status: number;
  readonly type: "rate_limit_error" | "invalid_request_error" | "authentication_error" | "api_error";
  /** @default `free_tier_` and the core code */
  readonly code?: string;
  /** Seconds for `retry-after` where the error names none. */
  readonly retryAfterSeconds?: number;
  /** Whether the words of the body must not make LiteLLM retry it. */
  readonly scrub: boolean | "but-overflow";
}

const NEVER = { status: 400, type: "invalid_request_error", scrub: true } as const;
const LATER = { status: 429, type: "rate_limit_error", scrub: false } as const;

/**
 * The one table of answers. Statuses, headers and words are an interface: OpenAI's SDKs, LiteLLM, Langflow and LangChain act on
 * them. 429 and not 403 for a spent quota, because LiteLLM never lets a deployment cool down after a 403.
 */
const FORMS: Readonly<Record<LaplasErrorCode, WireForm>> = {
  busy: LATER,
  rate_limited: LATER,
  daily_quota: LATER,
  hourly_quota: LATER,
  monthly_quota: LATER,
  image_input: NEVER,
  output_tokens: NEVER,
  image_count: NEVER,
  image_size: NEVER,
  request_cost: NEVER,
  request_size: NEVER,
  model_not_on_tier: { ...NEVER, status: 404, code: "model_not_found", retryAfterSeconds: 86_400 },
  // LiteLLM, which lets no deployment cool down for it, does not try it again either, and goes to the next.
  payment_required: { ...NEVER, status: 402 },
  invalid_request: NEVER,
  // LiteLLM maps the phrase "context length" to an error of its own, which is what it should do here.
  context_length: { ...NEVER, scrub: "but-overflow" },
  authentication: {
    status: 401,
    type: "authentication_error",
    retryAfterSeconds: 300,
    scrub: true,
  },
  unavailable: { status: 503, type: "api_error", scrub: false },
  timeout: { status: 504, type: "api_error", scrub: false },
  network: { status: 503, type: "api_error", scrub: false },
  unexpected_response: { status: 502, type: "api_error", scrub: true },
  invalid_options: { status: 500, type: "api_error", scrub: true },
  ledger: { status: 500, type: "api_error", scrub: true },
};

/** Quotas that waiting a moment does not bring back. */
const QUOTA_CODES: ReadonlySet<LaplasErrorCode> = new Set([
  "daily_quota",
  "hourly_quota",
  "monthly_quota",
  "payment_required",
]);

/**
 * The OpenAI-shaped answer for an error. What is not ours becomes a plain 500 that says nothing of the inside.
 *
 * @param quotaStatus 400 for clients that never stop at a 429: its type is no `rate_limit_error` either, a word that opencode and
 * LiteLLM, so aider, go by before the status
 */
export function toWireError(error: unknown, now: number, quotaStatus: QuotaStatus = 429): WireError {
  if (!isLaplasError(error)) {
    const message = "laplas failed in a way it did not expect. This is a defect of laplas, please report it.";
    return { status: 500, headers: {}, body: { error: { message, type: "api_error", param: null, code: "internal" } } };
  }
  const isFinal = quotaStatus === 400 && QUOTA_CODES.has(error.code);
  const form: WireForm = isFinal ? NEVER : FORMS[error.code];
  const message = isFinal ? finalWords(error.message) : messageOf(error, form);
  // A field name of the caller's may be of any length.
  const param = error.param === undefined ? null : withoutRetryWords(error.param.slice(0, 200));
  const code = form.code ?? `free_tier_${error.code}`;
  return {
    status: form.status,
    headers: headersOf(error, form, now),
    body: { error: { message, type: form.type, param, code } },
  };
}

function messageOf({ message }: LaplasError, { scrub }: WireForm): string {
  return scrub === false ? message : withoutRetryWords(message, scrub === "but-overflow");
}

function headersOf(error: LaplasError, form: WireForm, now: number): Record<string, string> {
  const headers: Record<string, string> = {
    "x-should-retry": String(error.retryable),
    "x-laplas-code": error.code,
  };
  const seconds = retryAfterSeconds(error, form, now);
  if (seconds !== undefined) headers["retry-after"] = String(seconds);
  if (error.rule !== undefined) headers["x-laplas-rule"] = error.rule;
  if (error.resetsAt !== undefined) headers["x-laplas-resets-at"] = error.resetsAt.toISOString();
  if (error.requestId !== undefined && /^[\x21-\x7e]+$/.test(error.requestId))
    headers["x-request-id"] = error.requestId;
  return headers;
}

/** Whole seconds, rounded up: LiteLLM ignores fractions, and takes 0 for "do not pause". */
function retryAfterSeconds(error: LaplasError, form: WireForm, now: number): number | undefined {
  const ms = error.retryAfterMs ?? (error.resetsAt === undefined ? undefined : error.resetsAt.getTime() - now);
  if (ms === undefined) return form.retryAfterSeconds;
  return Math.max(error.code === "busy" ? 2 : 1, Math.ceil(ms / 1_000));
}
