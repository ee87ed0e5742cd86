import { type CostUnit, unitOf } from "../cost/meter.js";
import type { LaplasErrorDetails } from "../errors/laplas-error.js";
import { FatalLimitError, RetryableLimitError } from "../errors/limit-errors.js";
import { UpstreamError } from "../errors/upstream-errors.js";
import type { Denial, QuotaCode } from "../ledger/ledger-store.js";
import type { WindowRule } from "../tier/tier.js";
import { isOff, offError } from "./off.js";

/** A longer wait is fatal in practice: LangChain and other hosts give up by then. */
const LONGEST_RETRY_MS = 60_000;

/** What people call a quota: codes have no word for a minute's, which may be full for longer than a call waits. */
function quotaName(code: QuotaCode, window: WindowRule | undefined): string {
  const period = window?.period;
  const isMinute = period?.type === "minute" || (period !== undefined && "spanMs" in period && period.spanMs <= 60_000);
  return isMinute ? "per-minute" : QUOTAS[code];
}

const QUOTAS: Readonly<Record<QuotaCode, string>> = {
  hourly_quota: "hourly",
  daily_quota: "daily",
  monthly_quota: "monthly",
};

/** What the messages of an account need beside a denial. */
export interface DenialWords {
  readonly tier: { readonly title: string; readonly unit: CostUnit };
  /** The windows that bind the call: they know what they count. */
  readonly windows: readonly WindowRule[];
  /** The call's model. @default "this model" */
  readonly model?: string;
  /** Ends the message of a quota that is used up: a sentence with a leading space, or nothing. */
  readonly remedy: string;
}

/** The error for a call that the account can't afford before a known time. "will reset at" is read by LangChain as fatal. */
export function denialError(
  denial: Denial,
  { tier: { title: tierTitle, unit: costUnit }, windows, model, remedy }: DenialWords,
  details: Pick<LaplasErrorDetails, "httpStatus" | "requestId" | "billingUrl"> = {},
): FatalLimitError | RetryableLimitError | UpstreamError {
  const { code, rule, used, limit } = denial;
  const window = windows.find(({ id }) => id === rule);
  const unit = unitOf(window?.meter ?? "credits", costUnit);
  if (code === "request_cost" && window?.hold === "asked") {
    return new FatalLimitError(
      "request_size",
      `${tierTitle}: this request may need more than the whole limit of ${limit} ${unit} (rule ${rule}). Send less at once.`,
      { rule },
    );
  }
  if (code === "request_cost") {
    return new FatalLimitError(
      code,
      `${tierTitle}: this request may use more than the whole limit of ${limit} ${unit} (rule ${rule}), which has to hold it. Ask for fewer output tokens, or take a cheaper model.`,
      { rule },
    );
  }
  if (isOff(code)) return offError(code, tierTitle, model, { ...details, rule });
  const resetsAt = new Date(denial.resetsAt);
  const waitMs = Math.max(0, denial.resetsAt - denial.now);
  if (denial.reason === "breaker") {
    return new UpstreamError(
      "unavailable",
      `The upstream did not answer several requests in a row, so none is sent until it is tried again in ${Math.ceil(waitMs / 1_000)} s.`,
      { ...details, retryAfterMs: waitMs },
    );
  }
  const count =
    denial.reason === "upstream" ? "the server says so" : `${Math.round(used)} of ${limit} ${unit}, rule ${rule}`;
  if (waitMs <= LONGEST_RETRY_MS) {
    return new RetryableLimitError(
      "rate_limited",
      `${tierTitle}: nothing left in this window (${count}). The same request passes in ${Math.ceil(waitMs / 1_000)} s.`,
      { ...details, retryAfterMs: waitMs, resetsAt, rule },
    );
  }
  return new FatalLimitError(
    code,
    `${tierTitle}: ${quotaName(code, window)} quota used up (${count}). It will reset at ${resetsAt.toISOString()}.${remedy}`,
    { ...details, resetsAt, rule },
  );
}
