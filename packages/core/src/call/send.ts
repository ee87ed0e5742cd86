import { closedError } from "../errors/closed-error.js";
import { hideSecrets } from "../errors/hide-secrets.js";
import { denialError } from "../ledger/denial-error.js";
import type { Block } from "../ledger/ledger-store.js";
import { promptTexts } from "../request/text-of.js";
import { TransportError, type UpstreamResponse } from "../transport/transport.js";
import type { CallPlan, RequestBody } from "./call-plan.js";
import { type AnswerClass, classifyAnswer, readFailure } from "./classify-answer.js";
import type { CallContext } from "./context.js";
import { learnTooDear } from "./learned-prices.js";
import type { Reservation } from "./reserve.js";
import { chargeEstimate } from "./settle.js";
import { answerError, assumedReset, type FailureDetails, transportFailure } from "./upstream-error.js";
import { tightest } from "./window-left.js";
import { beganTooEarly } from "./windows-in-force.js";

/** An error page may be of any length, and may drip. */
export const ERROR_CHARACTERS = 64_000;
const ERROR_MS = 5_000;
/** A probe that failed is not repeated sooner. */
const PROBE_PAUSE_MS = 3_600_000;

/**
 * Sends one request and judges the head of its answer. A success comes back with its body unread and its place still held;
 * on every failure the place has been ended.
 *
 * @throws LaplasError
 */
export async function send(
  context: CallContext,
  plan: CallPlan,
  body: RequestBody,
  reservation: Reservation,
  signal: AbortSignal,
): Promise<UpstreamResponse> {
  const { transport, options } = context;
  if (context.closed.aborted) {
    await reservation.cancel();
    throw closedError();
  }
  let response: UpstreamResponse;
  try {
    response = await transport.send({
      url: options.baseURL + plan.adapted.path,
      apiKey: options.apiKey,
      body,
      signal,
    });
  } catch (error) {
    throw await failedTransport(context, plan, reservation, error);
  }
  if (response.status >= 200 && response.status < 300) return response;
  throw await failedAnswer(context, plan, body, reservation, response, response.status, await readErrorText(response));
}

/**
 * Ends the place of a request that broke below HTTP: free of charge only if the server can't have seen it. Else it may be at it
 * still, whether this side hung up or the other.
 */
export async function failedTransport(
  context: CallContext,
  plan: CallPlan,
  reservation: Reservation,
  error: unknown,
): Promise<unknown> {
  if (!(error instanceof TransportError)) {
    await reservation.cancel();
    return error;
  }
  if (error.kind === "unsent") await reservation.cancel();
  else await chargeEstimate(plan, reservation, 0, { isUncertain: true });
  if (reservation.lost?.aborted === true) return reservation.lost.reason;
  return context.closed.aborted ? closedError() : transportFailure(error, context.options.baseURL);
}

/** Ends the place of a request that was answered with an error. @param status what the error is to be taken for */
export async function failedAnswer(
  context: CallContext,
  plan: CallPlan,
  body: RequestBody,
  reservation: Reservation,
  response: UpstreamResponse,
  status: number,
  text: string,
): Promise<unknown> {
  const { options } = context;
  const now = reservation.now();
  const answer = classifyAnswer({
    status,
    text,
    retryAfter: response.header("retry-after"),
    endpoint: plan.request.endpoint,
    now,
  });
  const failure = readFailure(text);
  const details: FailureDetails = {
    ...failure,
    message: hideSecrets(failure.message, options.apiKey, promptTexts(plan.request)),
    httpStatus: response.status,
  };
  if (answer.kind === "cost") await noted(context, learnTooDear(context, plan, body));
  if (answer.kind !== "quota") {
    if (answer.kind === "uncertain") await chargeEstimate(plan, reservation, 0, { isUncertain: true });
    else await reservation.cancel();
    return answerError(answer, details, options.tier);
  }
  const block = await blockOf(context, reservation, answer, now);
  await noted(
    context,
    context.ledger().then(async (store) => store.block(await context.account(), block)),
  );
  await reservation.cancel();
  const ledgerLeft = tightest(reservation.left(0), "apiTokens")?.remaining;
  context.emit({
    type: "upstream-quota",
    at: new Date(options.now()),
    code: answer.code,
    until: new Date(block.until),
    ...(ledgerLeft === undefined ? {} : { ledgerLeft }),
  });
  const denial = {
    ...block,
    reason: "upstream",
    resetsAt: block.until,
    used: 0,
    limit: 0,
    metric: "apiTokens",
    now,
  } as const;
  const { httpStatus, requestId, billingUrl } = details;
  return denialError(denial, options.tier.title, "", {
    httpStatus,
    ...(requestId === undefined ? {} : { requestId }),
    ...(billingUrl === undefined ? {} : { billingUrl }),
  });
}

/** Until when nobody asks again: the reset; or, where the server's day has turned out not to begin with ours, an hour. */
async function blockOf(
  context: CallContext,
  { probe, windows }: Reservation,
  answer: Extract<AnswerClass, { kind: "quota" }>,
  now: number,
): Promise<Block> {
  const { until, rule } = assumedReset(windows, answer, now);
  const block = { until, rule: rule?.id ?? "upstream", code: answer.code };
  let isEarly = probe;
  if (!probe && rule !== undefined) {
    await noted(
      context,
      beganTooEarly(context, rule).then((answered) => {
        isEarly = answered;
      }),
    );
  }
  if (!isEarly) return block;
  await noted(context, context.learnedReset.refused(now));
  return { ...block, until: now + PROBE_PAUSE_MS };
}

/** The server's word stands, also where it can't be written down; and the place has still to be ended. */
async function noted(context: CallContext, step: Promise<void>): Promise<void> {
  try {
    await step;
  } catch (error) {
    context.warn((error as Error).message);
  }
}

/** The text of an error page, as far as it comes. That it can't be read is no error of its own: the status is known. */
async function readErrorText(response: UpstreamResponse): Promise<string> {
  const timer = setTimeout(() => response.cancel(), ERROR_MS);
  let text = "";
  try {
    for await (const piece of response.pieces()) {
      text += piece;
      if (text.length > ERROR_CHARACTERS) break;
    }
  } catch {
    // What has come says enough, or nothing does.
  } finally {
    clearTimeout(timer);
  }
  response.cancel();
  return text.slice(0, ERROR_CHARACTERS);
}
