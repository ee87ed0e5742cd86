import type { WireError } from "../../errors/wire-error.js";
import type { ClientAnswer } from "../protocol.js";

/** Quotas that waiting a moment does not bring back, by `x-laplas-code`. */
const USED_UP: ReadonlySet<string> = new Set(["daily_quota", "hourly_quota", "monthly_quota", "payment_required"]);

/** Codex waits out whatever it is told, of any status: longer than this, a user takes it for dead (0.171, November 2026). */
const LONGEST_PAUSE_SECONDS = 60;

/**
 * An error as clients of Responses take it. For a used-up quota Codex stops, and names the time, only for this type, with the time in seconds
 * since 1970; with `plan_type` it would sell a plan of OpenAI's. LiteLLM takes it for a rate limit as before.
 */
export function toResponsesError(wire: WireError): ClientAnswer {
  const { status, headers, body } = wire;
  // A client that asked for 400 in its place has its reason.
  if (!isUsedUp(wire) || status === 400) return { ...wire, headers: withShortPause(wire) };
  const resetsAt = Date.parse(headers["x-laplas-resets-at"] ?? "");
  const reset = Number.isNaN(resetsAt) ? {} : { resets_at: Math.ceil(resetsAt / 1_000) };
  return { status: 429, headers, body: { error: { ...body.error, type: "usage_limit_reached", ...reset } } };
}

function isUsedUp({ headers }: WireError): boolean {
  return USED_UP.has(headers["x-laplas-code"] ?? "");
}

/** A pause that is too long for Codex is cut where the call can be made again, else left out. */
function withShortPause({ status, headers }: WireError): Readonly<Record<string, string>> {
  const { "retry-after": pause, ...others } = headers;
  if (pause === undefined || status === 401) return others;
  if (Number(pause) <= LONGEST_PAUSE_SECONDS) return headers;
  return headers["x-should-retry"] === "true" ? { ...others, "retry-after": String(LONGEST_PAUSE_SECONDS) } : others;
}

/**
 * The same where a stream has begun. Codex asks again five times, except for these codes: `invalid_prompt`, whose message it shows,
 * `context_length_exceeded`, and `insufficient_quota`.
 */
export function failureOf(wire: WireError): { readonly code: string; readonly message: string } {
  const { message } = wire.body.error;
  const { "x-laplas-code": code, "x-should-retry": retry } = wire.headers;
  if (isUsedUp(wire)) return { code: "insufficient_quota", message };
  if (code === "context_length") return { code: "context_length_exceeded", message };
  if (code === "busy" || code === "rate_limited") return { code: "rate_limit_exceeded", message };
  return { code: retry === "false" && wire.status < 500 ? "invalid_prompt" : "server_error", message };
}
