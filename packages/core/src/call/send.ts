import type { Reservation } from "../account/reservation.js";
import { closedError } from "../errors/closed-error.js";
import { TransportError, type UpstreamResponse } from "../transport/transport.js";
import type { CallContext } from "./call-context.js";
import { failedAnswer } from "./failed-answer.js";
import type { PreparedCall, RequestBody } from "./prepared-call.js";
import { readQuotaHeaders } from "./read-quota-headers.js";
import { chargeEstimate } from "./settle.js";
import { noted, teach } from "./teach.js";
import { transportFailure } from "./upstream-error.js";

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
  if (response.status >= 200 && response.status < 300) {
    await hear(context, reservation, response);
    return response;
  }
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
    // An answer that can't be decoded is one.
    const isFailed = error.kind !== "aborted" && error.kind !== "undecodable" && !context.closed.aborted;
    await chargeEstimate(plan, reservation, 0, { isUncertain: true, isFailed });
  }
  if (reservation.lost?.aborted === true) return reservation.lost.reason;
  return context.closed.aborted ? closedError() : transportFailure(error, context.options);
}

/** The head of a success teaches what is left, while its call is still held: the server has counted it. */
async function hear(context: CallContext, reservation: Reservation, response: UpstreamResponse): Promise<void> {
  const { headers } = context.options.provider.signals;
  if (headers.length === 0) return;
  const hints = readQuotaHeaders(response, headers, reservation.now());
  await noted(context, teach(context, reservation.lessons(hints, "all")));
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
