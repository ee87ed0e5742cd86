import { denialError } from "../account/denial-error.js";
import { blockAfter, resetOf } from "../account/exhausted.js";
import { tightest } from "../account/remaining.js";
import type { Reservation } from "../account/reserve.js";
import { closedError } from "../errors/closed-error.js";
import { hideSecrets } from "../errors/hide-secrets.js";
import type { Block } from "../ledger/ledger-store.js";
import { promptTexts } from "../request/text-of.js";
import { TransportError, type UpstreamResponse } from "../transport/transport.js";
import type { CallContext } from "./call-context.js";
import { classifyAnswer, readFailure } from "./classify-answer.js";
import { rememberCost } from "./cost-cap.js";
import { accountCall, type PreparedCall, type RequestBody } from "./prepared-call.js";
import { chargeEstimate } from "./settle.js";
import { answerError, type FailureDetails, transportFailure } from "./upstream-error.js";

/** An error page may be of any length, and may drip. */
export const ERROR_CHARACTERS = 64_000;
const ERROR_MS = 5_000;

/**
 * Sends one request and judges the head of its answer. A success comes back with its body unread and its place still held;
 * on every failure the place has been ended.
 *
 * @throws LaplasError
 */
export async function send(
  context: CallContext,
  plan: PreparedCall,
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
      url: options.baseURL + options.provider.paths[plan.request.endpoint],
      apiKey: options.apiKey,
      headers: options.provider.headers,
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
  plan: PreparedCall,
  reservation: Reservation,
  error: unknown,
): Promise<unknown> {
  if (!(error instanceof TransportError)) {
    await reservation.cancel();
    return error;
  }
  if (error.kind === "unsent") await reservation.cancel();
  else {
    const isFailed = error.kind !== "aborted" && !context.closed.aborted;
    await chargeEstimate(plan, reservation, 0, { isUncertain: true, isFailed });
  }
  if (reservation.lost?.aborted === true) return reservation.lost.reason;
  return context.closed.aborted ? closedError() : transportFailure(error, context.options.baseURL);
}

/** Ends the place of a request that was answered with an error. @param status what the error is to be taken for */
export async function failedAnswer(
  context: CallContext,
  plan: PreparedCall,
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
  if (answer.kind === "cost") await noted(context, rememberCost(context, plan, body));
  if (answer.kind !== "quota") {
    if (answer.kind === "uncertain") await chargeEstimate(plan, reservation, 0, { isUncertain: true, isFailed: true });
    else if (answer.kind === "rate") await reservation.cancel();
    else await reservation.waive();
    return answerError(answer, details, options.tier);
  }
  const block = await noted(context, blockAfter(context.account, reservation, answer, accountCall(plan).model, now));
  if (block !== undefined) await noted(context, teachBlock(context, block));
  await reservation.cancel();
  const ledgerLeft = tightest(reservation.left(), options.tier.unit.field)?.remaining;
  const { until: resetsAt } = block ?? resetOf(reservation.windows, answer, now);
  context.emit({
    type: "upstream-quota",
    at: new Date(options.now()),
    code: answer.code,
    until: new Date(resetsAt),
    ...(ledgerLeft === undefined ? {} : { ledgerLeft }),
  });
  const { httpStatus, requestId, billingUrl } = details;
  const words = { tier: options.tier, windows: reservation.windows, remedy: "" };
  return denialError(
    { reason: "upstream", rule: block?.rule ?? "upstream", code: answer.code, resetsAt, used: 0, limit: 0, now },
    words,
    {
      httpStatus,
      ...(requestId === undefined ? {} : { requestId }),
      ...(billingUrl === undefined ? {} : { billingUrl }),
    },
  );
}

async function teachBlock({ account }: CallContext, block: Block): Promise<void> {
  const { store, name } = await account.open();
  await store.teach(name, [{ kind: "block", ...block }]);
}

/** The server's word stands, also where it can't be written down; and the place has still to be ended. */
async function noted<T>(context: CallContext, step: Promise<T>): Promise<T | undefined> {
  try {
    return await step;
  } catch (error) {
    context.warn((error as Error).message);
    return undefined;
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
