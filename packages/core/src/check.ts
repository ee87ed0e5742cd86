import { denialError } from "./account/denial-error.js";
import type { CallContext } from "./call/call-context.js";
import type { CallOptions } from "./call/call-options.js";
import { prepareKnowingPrices } from "./call/prepare-call.js";
import { accountCall, type PreparedCall } from "./call/prepared-call.js";
import type { LaplasErrorCode } from "./errors/error-codes.js";
import { isLaplasError, type LaplasError } from "./errors/laplas-error.js";
import { LedgerError } from "./errors/setup-errors.js";
import { type LongAnswerCost, sumLongAnswers, withoutShareOfLeft } from "./long-answer-cost.js";
import { type ProtocolName, type ReadForCheck, readForCheck } from "./protocol/read-for-check.js";
import { createItemMemory, type ItemMemory } from "./protocol/responses/item-memory.js";
import type { Adjustment } from "./request/adjustment.js";
import type { Endpoint } from "./request/read-request.js";
import { answerWithoutCounts } from "./without-counts.js";

/** What a request would meet now. */
export interface CheckResult {
  /** Id of the provider that would be asked. */
  readonly provider?: string;
  /** `pass`: would be sent at once. `wait`: would queue. `refuse`: would not be sent; see `error`. */
  readonly verdict: "pass" | "wait" | "refuse";
  /** The id that would be sent. */
  readonly model?: string;
  readonly adjusted: readonly Adjustment[];
  /** What others would see held, and the most that an answer of full length can cost. */
  readonly cost?: CostRange;
  /** Of a call whose answer may be continued: what it costs if the answer is as long as it may be. `cost` is that of its first request. */
  readonly longAnswer?: LongAnswerCost;
  /** Calls before this one in the queue, for `wait`. */
  readonly position?: number;
  /** For `wait`: milliseconds until the tier's windows let it pass. Absent where it waits for the end of other calls, which nobody knows. */
  readonly waitMs?: number;
  /** For `refuse`. */
  readonly error?: CheckError;
}

/** How long an answer may become, where that is not left to the engine's own options. */
export type LengthOptions = Pick<CallOptions, "continueAtCap">;

/** How a request is to be read that is checked. */
export interface CheckOptions extends LengthOptions {
  /** The protocol whose request it is: of `POST /v1/responses` or `/v1/messages`. @default chat completions, embeddings and images */
  readonly protocol?: ProtocolName | undefined;
  /** The client's. Items of earlier answers that a request of Responses names are found for the same client only. @default none */
  readonly headers?: Headers | undefined;
}

/** What something costs, as far as that is known before. */
export interface CostRange {
  readonly expected: number;
  readonly worst: number;
  /** What is counted, in words, for more than one: `API tokens`. */
  readonly unit: string;
}

/** The error that the call would throw. */
export interface CheckError {
  readonly code: LaplasErrorCode;
  readonly message: string;
  readonly retryable: boolean;
  readonly retryAfterMs?: number;
  readonly resetsAt?: Date;
  readonly rule?: string;
  readonly param?: string;
}

/**
 * Decides on a request as a call would, and asks the ledger without writing. Where the ledger fails, so would the call: it is refused
 * with that error, beside all that is known without the ledger.
 *
 * @param items of earlier answers, which a request of Responses may name
 */
export async function checkRequest(
  context: CallContext,
  body: unknown,
  options: CheckOptions = {},
  items: ItemMemory = createItemMemory(context.options.now),
): Promise<CheckResult> {
  const { answer, problem } = await answerWithoutCounts(context, (asked) => askAccount(asked, body, options, items));
  if (problem === undefined) return answer;
  const { longAnswer: long, ...known } = answer;
  const longAnswer = long === undefined ? {} : { longAnswer: withoutShareOfLeft(long) };
  if (answer.verdict === "refuse") return { ...known, ...longAnswer };
  return { ...known, ...longAnswer, verdict: "refuse", error: toCheckError(problem) };
}

/** @throws LedgerError */
async function askAccount(
  context: CallContext,
  body: unknown,
  { protocol, headers = new Headers(), ...length }: CheckOptions,
  items: ItemMemory,
): Promise<CheckResult> {
  let read: ReadForCheck | undefined;
  let plan: PreparedCall;
  const toError = (error: LaplasError): CheckError => ({ ...toCheckError(error), ...read?.wordsOf(error) });
  try {
    if (protocol !== undefined) read = readForCheck(protocol, body, { headers, items, now: context.options.now });
    const { endpoint, body: asked, adjusted } = read ?? { endpoint: endpointOf(body), body, adjusted: [] };
    plan = await prepareKnowingPrices(context, endpoint, asked, { ...length, adjusted });
  } catch (error) {
    if (!isLaplasError(error) || LedgerError.isInstance(error)) throw error;
    return { verdict: "refuse", adjusted: [], error: toError(error) };
  }
  const { answer, hold, windows } = await context.account.peek(accountCall(plan));
  const requests = plan.adapted.parts.length;
  const long = sumLongAnswers();
  long.add(plan, windows);
  const { unit } = context.options.tier;
  // Only of these calls, since it is one more step in the ledger.
  const isLong = long.total(unit) !== undefined;
  const longAnswer = long.total(unit, isLong ? await context.account.look([accountCall(plan).model]) : undefined);
  const shared = {
    provider: plan.provider,
    model: plan.found.id,
    adjusted: plan.adjusted,
    cost: {
      expected: hold.usual.credits * requests,
      worst: Math.max(hold.worst.credits, hold.usual.credits) * requests,
      unit: unit.name,
    },
    ...(longAnswer === undefined ? {} : { longAnswer }),
  };
  switch (answer.outcome) {
    case "admitted":
      return { verdict: "pass", ...shared };
    case "queued": {
      const { position, readyAt, now } = answer;
      const waitMs = readyAt === undefined ? {} : { waitMs: Math.ceil(readyAt - now) };
      return { verdict: "wait", ...shared, position, ...waitMs };
    }
    case "denied":
      return {
        verdict: "refuse",
        ...shared,
        error: toError(
          denialError(answer, { tier: context.options.tier, windows, model: accountCall(plan).model, remedy: "" }),
        ),
      };
  }
}

/** What a body is meant for, by the field that only one endpoint has. */
export function endpointOf(body: unknown): Endpoint {
  if (typeof body !== "object" || body === null) return "chat";
  if ("input" in body) return "embedding";
  return "prompt" in body ? "image" : "chat";
}

/** An error as a check tells it. */
export function toCheckError(error: LaplasError): CheckError {
  const { code, message, retryable, retryAfterMs, resetsAt, rule, param } = error;
  return {
    code,
    message,
    retryable,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(resetsAt === undefined ? {} : { resetsAt }),
    ...(rule === undefined ? {} : { rule }),
    ...(param === undefined ? {} : { param }),
  };
}
