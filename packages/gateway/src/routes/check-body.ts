import type { CheckResult, CostUnit, LongAnswerCost } from "@laplas/core";

/** What a request would meet now, as `POST /v1/check` tells it. */
export interface CheckBody {
  readonly object: "check";
  /** `pass`: would be sent at once. `wait`: would queue. `refuse`: would not be sent. */
  readonly verdict: CheckResult["verdict"];
  /** The id that would be sent; `null` where none was found. */
  readonly model: string | null;
  /** Id of the provider that would be asked; `null` where none was found. */
  readonly provider: string | null;
  /** What would be changed, like `max_tokens=512`. */
  readonly adjusted: readonly string[];
  /** In API tokens, or in the unit that is named. */
  readonly cost: { readonly expected: number; readonly worst: number; readonly unit?: string } | null;
  /** Of a call whose answer may be continued: what it costs if the answer is as long as it may be, and how much of a day that is. */
  readonly long_answer:
    | (NonNullable<CheckBody["cost"]> & {
        readonly parts: number;
        readonly tokens: number;
        readonly share_of_day: number | null;
        /** Of what is left; above 1 such an answer would end early. */
        readonly share_of_left: number | null;
      })
    | null;
  /** Calls before this one in the queue, for `wait`. */
  readonly position: number | null;
  /** For `wait`: how long, where windows of the tier are what it waits for. */
  readonly wait_ms: number | null;
  /** For `refuse`: what the call itself would be answered with. */
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly retryable: boolean;
    readonly retry_after_ms: number | null;
    readonly resets_at: string | null;
    readonly rule: string | null;
    readonly param: string | null;
  } | null;
}

export function checkBody(
  { verdict, model, provider, adjusted, cost, longAnswer, position, waitMs, error }: CheckResult,
  unit?: CostUnit,
): CheckBody {
  return {
    object: "check",
    verdict,
    model: model ?? null,
    provider: provider ?? null,
    adjusted: adjusted.map(({ to }) => to),
    cost: cost === undefined ? null : costBody(cost, unit),
    long_answer: longAnswer === undefined ? null : longAnswerBody(longAnswer, unit),
    position: position ?? null,
    wait_ms: waitMs ?? null,
    error:
      error === undefined
        ? null
        : {
            code: error.code,
            message: error.message,
            retryable: error.retryable,
            retry_after_ms: error.retryAfterMs ?? null,
            resets_at: error.resetsAt?.toISOString() ?? null,
            rule: error.rule ?? null,
            param: error.param ?? null,
          },
  };
}

function longAnswerBody(
  { parts, tokens, shareOfDay, shareOfLeft, ...cost }: LongAnswerCost,
  unit: CostUnit | undefined,
): CheckBody["long_answer"] {
  const shares = { share_of_day: shareOfDay ?? null, share_of_left: shareOfLeft ?? null };
  return { parts, tokens, ...costBody(cost, unit), ...shares };
}

function costBody(
  { expected, worst, unit: name }: NonNullable<CheckResult["cost"]>,
  unit: CostUnit | undefined,
): NonNullable<CheckBody["cost"]> {
  return { expected, worst, ...(unit === undefined || unit.field === "apiTokens" ? {} : { unit: name }) };
}
