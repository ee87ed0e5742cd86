import type { CostUnit, LongAnswerCost, Plan } from "@laplas/core";
import { costName } from "@laplas/gateway/bodies";
import type { Skipped } from "./skipped-lines.js";

/** A plan as JSON; `name` is the line or the file of a call. */
export function planBody(unit: CostUnit, plan: Plan, names: readonly string[], skipped: readonly Skipped[]): object {
  const { calls, requests, cost, longAnswers, fitsToday, days, takesMs, atOnce, boundBy, refused, overLimit, fitting } =
    plan;
  const { expected, worst } = cost;
  return {
    object: "plan",
    calls,
    requests,
    [costName(unit)]: { expected, worst },
    long_answers: longAnswers === undefined ? null : longAnswersBody(unit, longAnswers),
    fits_today: fitsToday,
    days,
    // Also where it is no more than the expected one.
    worst_days: plan.worstDays ?? days,
    takes_ms: takesMs,
    at_once: atOnce ?? null,
    bound_by: boundBy ?? null,
    refused: refused.map(({ index, error: { code, message, rule, param } }) => ({
      index,
      name: names[index] ?? null,
      error: { code, message, rule: rule ?? null, param: param ?? null },
    })),
    over_limit: overLimit.map(({ index, rule, limit }) => ({ index, name: names[index] ?? null, rule, limit })),
    fitting: fitting.map((one) => ({ model: one.model, [costName(unit)]: one.cost })),
    skipped,
    problem: plan.problem ?? null,
  };
}

function longAnswersBody(
  unit: CostUnit,
  { parts, tokens, expected, worst, shareOfDay, shareOfLeft }: LongAnswerCost,
): object {
  const shares = { share_of_day: shareOfDay ?? null, share_of_left: shareOfLeft ?? null };
  return { parts, tokens, [costName(unit)]: { expected, worst }, ...shares };
}
