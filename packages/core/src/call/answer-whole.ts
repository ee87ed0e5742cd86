import { readCost } from "../cost/read-cost.js";
import { FatalUpstreamError } from "../errors/upstream-errors.js";
import type { JsonObject } from "../request/wire-types.js";
import type { CallPlan, RequestBody } from "./call-plan.js";
import type { CallContext } from "./context.js";
import type { Reservation } from "./reserve.js";
import { failedTransport, send } from "./send.js";
import { chargeActual, chargeEstimate } from "./settle.js";
import { createDrainable, whileWanted } from "./while-wanted.js";

/** The largest documented answer, 100 vectors of 3,072 numbers as text, has 7 million bytes. */
const ANSWER_BYTES = 64_000_000;

/** Makes one request whose answer comes whole. The place is ended in every case. @throws LaplasError, or the signal's reason */
export async function answerWhole(
  context: CallContext,
  plan: CallPlan,
  body: RequestBody,
  reservation: Reservation,
): Promise<JsonObject> {
  const drainable = createDrainable(() => context.transport.unref(), reservation.lost);
  const work = readAnswer(context, plan, body, reservation, drainable.signal).finally(drainable.ended);
  return whileWanted(work, plan.signal, drainable.leave);
}

async function readAnswer(
  context: CallContext,
  plan: CallPlan,
  body: RequestBody,
  reservation: Reservation,
  signal: AbortSignal,
): Promise<JsonObject> {
  const response = await send(context, plan, body, reservation, signal);
  let text: string;
  try {
    text = await response.text(ANSWER_BYTES);
  } catch (error) {
    throw await failedTransport(context, plan, reservation, error);
  }
  const answer = parseAnswer(text, plan.request.endpoint === "image");
  if (answer === undefined) {
    await chargeEstimate(plan, reservation, text.length);
    throw new FatalUpstreamError(
      "unexpected_response",
      `The upstream answered ${response.status}, but the body is ${/^\s*</.test(text) ? "an HTML page" : "no JSON object"}.`,
      { httpStatus: response.status },
    );
  }
  const cost = readCost(answer);
  if (cost === undefined) await chargeEstimate(plan, reservation, text.length, { answered: true });
  else await chargeActual(plan, reservation, cost);
  plan.tally.requestId = response.header("x-request-id") ?? plan.tally.requestId;
  return answer;
}

function parseAnswer(text: string, hasSeed: boolean): JsonObject | undefined {
  try {
    const value: unknown = hasSeed ? JSON.parse(text, keepLargeSeed) : JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}

/** Seeds were seen above 2^53, where JavaScript rounds. As a text such a seed can still be sent again. */
const keepLargeSeed: Parameters<typeof JSON.parse>[1] = function (
  this: unknown,
  key: string,
  value: unknown,
  context?: { source?: string },
) {
  return key === "seed" && typeof value === "number" && !Number.isSafeInteger(value)
    ? (context?.source ?? value)
    : value;
};
