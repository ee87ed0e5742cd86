import { denialError } from "../account/denial-error.js";
import { blockAfter, resetOf } from "../account/exhausted.js";
import { findWindow } from "../account/find-window.js";
import type { Kept, WindowHint } from "../account/learn.js";
import { blockOff, offError } from "../account/off.js";
import { tightest } from "../account/remaining.js";
import type { Reservation } from "../account/reservation.js";
import { hideKey } from "../errors/hide-key.js";
import { hideSecrets } from "../errors/hide-secrets.js";
import type { LaplasErrorDetails } from "../errors/laplas-error.js";
import { PARTS_OF_ONE } from "../ledger/correction.js";
import type { Block, Lesson } from "../ledger/ledger-store.js";
import { promptTexts } from "../request/text-of.js";
import type { WindowRule } from "../tier/tier.js";
import type { UpstreamResponse } from "../transport/transport.js";
import type { CallContext } from "./call-context.js";
import { classifyFailure, type FailureClass } from "./classify-failure.js";
import { rememberCost } from "./cost-cap.js";
import { accountCall, type PreparedCall, type RequestBody } from "./prepared-call.js";
import { readFailure } from "./read-failure.js";
import { readQuotaHeaders } from "./read-quota-headers.js";
import { chargeEstimate } from "./settle.js";
import { noted, teach } from "./teach.js";
import { answerError, type FailureDetails } from "./upstream-error.js";

/** A failed answer, and the call that it was to. */
interface Failed {
  readonly context: CallContext;
  readonly reservation: Reservation;
  readonly model: string;
  readonly details: FailureDetails;
  readonly now: number;
}

/**
 * Ends the place of a request that was answered with an error, and remembers what the answer teaches.
 *
 * @param status what the error is to be taken for
 */
export async function failedAnswer(
  context: CallContext,
  plan: PreparedCall,
  body: RequestBody,
  reservation: Reservation,
  response: UpstreamResponse,
  status: number,
  said: string,
): Promise<unknown> {
  const { options } = context;
  const { signals } = options.provider;
  // First of all: whatever is read from it is passed on in parts.
  const text = hideKey(said, options.apiKey);
  const now = reservation.now();
  const { model } = accountCall(plan);
  const header = (name: string): string | undefined => response.header(name);
  const hints = readQuotaHeaders(response, signals.headers, now);
  const failure = withReset(
    classifyFailure({ status, text, header, modality: plan.request.endpoint, now }, signals),
    hints,
    reservation.windows,
    now,
  );
  const read = readFailure(text, signals);
  const message = hideSecrets(read.message, options.apiKey, promptTexts(plan.request));
  const failed = { context, reservation, model, now, details: { ...read, message, httpStatus: response.status } };

  if (failure.kind === "cost") await noted(context, rememberCost(context, plan, body));
  const block = await noted(context, blockOf(failure, failed));
  const isNews =
    failure.kind === "off" && block !== undefined && (await noted(context, isNew(context, block))) !== false;
  // What is off has no reset beside the hand that ends it.
  const told = failure.kind === "off" ? hints.filter(({ limit }) => limit !== 0) : hints;
  const lessons: Lesson[] = reservation.lessons([...told, ...levelOf(failure, reservation.windows)], keptBy(failure));
  if (block !== undefined) lessons.push({ kind: "block", ...block });
  await noted(context, teach(context, lessons));
  if (failure.kind === "uncertain") await chargeEstimate(plan, reservation, 0, { isUncertain: true, isFailed: true });
  else if (isLimit(failure)) await reservation.cancel();
  else await reservation.waive();
  if (failure.kind === "quota" || failure.kind === "rate") await context.account.usage?.afterSurprise();

  if (failure.kind === "quota") return quotaError(failure, block, failed);
  if (failure.kind === "off") return offErrorOf(failure, isNews, failed);
  return answerError(failure, failed.details, options);
}

/** A refusal that does not say until when lasts until the reset that a header of the same answer names for that window. */
function withReset(
  failure: FailureClass,
  hints: readonly WindowHint[],
  windows: readonly WindowRule[],
  now: number,
): FailureClass {
  if (failure.kind !== "quota" || failure.retryAfterMs !== undefined || failure.period === undefined) return failure;
  const { meter, period, scope } = failure;
  const hint = hints.find(
    (one) =>
      one.period === period && (meter ?? one.meter) === one.meter && (scope ?? one.scope) === (one.scope ?? scope),
  );
  const resetsAt = hint?.resetsAt ?? 0;
  // A bucket that refills is full at its reset, and has room long before.
  if (resetsAt <= now || findWindow(windows, { meter, period, scope })?.period.type === "bucket") return failure;
  return { ...failure, retryAfterMs: resetsAt - now };
}

/**
 * What is left of a bucket that refills, where the wait for one more request is told: in public refusals it is
 * (used + 1 - limit) / limit of the span.
 */
function levelOf(failure: FailureClass, windows: readonly WindowRule[]): WindowHint[] {
  if (failure.kind !== "quota" || failure.meter !== "requests" || failure.retryAfterMs === undefined) return [];
  const { meter, period, scope, retryAfterMs } = failure;
  const rule = findWindow(windows, { meter, period, scope });
  if (rule?.period.type !== "bucket") return [];
  const exact = 1 - (rule.limit * retryAfterMs) / rule.period.spanMs;
  // A level is counted in parts of one: a part too many would put off the moment that was told.
  const remaining = Math.ceil(exact * PARTS_OF_ONE) / PARTS_OF_ONE;
  return [{ meter, period, scope, remaining }];
}

/** Whether the provider has refused the request for a limit: it counts in nothing. */
function isLimit({ kind }: FailureClass): boolean {
  return kind === "quota" || kind === "rate" || kind === "off";
}

function keptBy(failure: FailureClass): Kept {
  if (failure.kind === "uncertain") return "all";
  return isLimit(failure) ? "none" : "failures";
}

/** What the failure closes, if anything. */
async function blockOf(
  failure: FailureClass,
  { context, reservation, model, now }: Failed,
): Promise<Block | undefined> {
  if (failure.kind === "quota") return blockAfter(context.account, reservation, failure, model, now);
  if (failure.kind === "off") return blockOff(failure.code, failure.scope, model, now);
  if (failure.kind !== "rate" || failure.scope === undefined) return undefined;
  const { scope, retryAfterMs, isGuess = false } = failure;
  const until = isGuess ? { guessedMs: retryAfterMs } : { retryAfterMs };
  const pause = { code: "hourly_quota", period: "minute", scope, isGuess, ...until } as const;
  return blockAfter(context.account, reservation, pause, model, now);
}

async function isNew({ account }: CallContext, { name, code }: Block): Promise<boolean> {
  const { store, name: account_ } = await account.open();
  const { blocks } = await store.view(account_, []);
  return !blocks.some((block) => block.name === name && block.code === code);
}

function quotaError(
  refusal: Extract<FailureClass, { kind: "quota" }>,
  block: Block | undefined,
  { context, reservation, model, details, now }: Failed,
): unknown {
  const { options } = context;
  const ledgerLeft = tightest(reservation.left(), options.tier.unit.field)?.remaining;
  const { until: resetsAt } = block ?? resetOf(reservation.windows, refusal, now);
  context.emit({
    type: "upstream-quota",
    at: new Date(options.now()),
    code: refusal.code,
    until: new Date(resetsAt),
    ...(ledgerLeft === undefined ? {} : { ledgerLeft }),
  });
  return denialError(
    { reason: "upstream", rule: block?.rule ?? "upstream", code: refusal.code, resetsAt, used: 0, limit: 0, now },
    { tier: options.tier, windows: reservation.windows, model, remedy: "" },
    withoutMessage(details),
  );
}

/** Said once: calls that come later are refused by the block, in the same words. */
function offErrorOf(
  { code }: Extract<FailureClass, { kind: "off" }>,
  isNews: boolean,
  { context, model, details }: Failed,
): unknown {
  const { options } = context;
  const error = offError(code, options.tier.title, model, withoutMessage(details));
  if (isNews) {
    context.emit({ type: "upstream-off", at: new Date(options.now()), code, model });
    context.warn(error.message);
  }
  return error;
}

function withoutMessage({ message: _, ...details }: FailureDetails): Omit<LaplasErrorDetails, "retryAfterMs"> {
  return details;
}
