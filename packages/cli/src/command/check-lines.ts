import type { CheckResult, LaplasErrorCode } from "@laplas/core";
import { counted, duration, until, whole } from "@laplas/gateway/bodies";
import { paint } from "../terminal/paint.js";
import { safeLine } from "../terminal/safe-text.js";
import { fields } from "../terminal/table.js";
import { adjustmentText } from "./adjustment-text.js";
import { costText, longAnswerText } from "./cost-text.js";

/** What a check's lines say beside its result. */
interface CheckFound {
  /** Of what the call's cost is counted in. */
  readonly left?: number | undefined;
  /** Whether there are several providers, so that a model alone does not say which one would be asked. */
  readonly isOfSeveral?: boolean;
}

/** A check's result, for a person. */
export function checkLines(
  { verdict, model, provider, adjusted, cost, longAnswer, position, waitMs, error }: CheckResult,
  now: number,
  columns: number,
  { left = Number.POSITIVE_INFINITY, isOfSeveral = false }: CheckFound = {},
): string[] {
  const asked = isOfSeveral && provider !== undefined ? `${provider}/${model}` : model;
  const heading = {
    pass: paint("green", "Would be sent at once."),
    wait: paint("yellow", `Would wait ${waitMs === undefined ? "its turn" : duration(wholeSeconds(waitMs))}.`),
    refuse: refusalText(error, now),
  }[verdict];
  return [
    heading,
    "",
    ...fields(
      [
        ...(asked === undefined || model === undefined ? [] : [["Model", safeLine(asked)] as const]),
        ...(adjusted.length === 0 ? [] : [["Changed", adjusted.map(adjustmentText).join("\n")] as const]),
        ...(cost === undefined
          ? []
          : [["Cost", `${costText(cost)}${cost.worst > left ? `: more than the ${whole(left)} left` : ""}`] as const]),
        ...longAnswerText(longAnswer),
        ...(position === undefined ? [] : [["Before it", counted(position, "call")] as const]),
        ...(verdict === "wait" && waitMs === undefined
          ? [["Passes", "when a running call ends: usually within seconds"] as const]
          : []),
        ...(error === undefined
          ? []
          : ([
              ["Why", safeLine(error.message)],
              ["Passes", whenText(error, now)],
            ] as const)),
      ],
      columns,
    ),
  ];
}

/** A call that waits for longer than its patience is refused as well: the time says more than that. */
function refusalText(error: CheckResult["error"], now: number): string {
  const waitMs = error?.resetsAt === undefined ? error?.retryAfterMs : error.resetsAt.getTime() - now;
  if (waitMs === undefined) return paint("red", "Would not be sent.");
  return paint("yellow", `Would have to wait ${duration(wholeSeconds(Math.max(1, waitMs)))}: refused until then.`);
}

/** Rounded up: a second earlier it would still wait. */
export function wholeSeconds(ms: number): number {
  return Math.ceil(ms / 1_000) * 1_000;
}

/** A limit that resets says when; for the rest another request is needed. */
function whenText({ code, retryAfterMs, resetsAt }: NonNullable<CheckResult["error"]>, now: number): string {
  if (resetsAt !== undefined) return until(resetsAt, now);
  if (retryAfterMs !== undefined) return `in ${duration(retryAfterMs)}`;
  if (code === "model_not_on_tier") return "with another model";
  return WRONG.has(code) ? "once that is fixed" : "never, on this tier";
}

const WRONG: ReadonlySet<LaplasErrorCode> = new Set(["invalid_request", "context_length", "invalid_options", "ledger"]);
