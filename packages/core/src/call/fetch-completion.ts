import type { Reservation } from "../account/reservation.js";
import { readUsage } from "../cost/read-usage.js";
import { FatalUpstreamError } from "../errors/upstream-errors.js";
import type { JsonObject } from "../request/wire-types.js";
import type { CallContext } from "./call-context.js";
import { failedAnswer } from "./failed-answer.js";
import { observeRequest, type RequestObserver } from "./observe-request.js";
import { parseObject } from "./parse-object.js";
import type { PreparedCall, RequestBody } from "./prepared-call.js";
import { errorInAnswer, isErrorBody, isProviderError, statusIn } from "./provider-error.js";
import { createDetachable, type Detachable, raceAbort } from "./race-abort.js";
import { isPage } from "./read-failure.js";
import { requestIdOf } from "./request-id.js";
import { charactersOf, tokensOfCut } from "./runaway.js";
import { failedTransport, send } from "./send.js";
import { chargeActual, chargeEstimate } from "./settle.js";

/** The largest documented answer, 100 vectors of 3,072 numbers as text, has 7 million bytes. */
const ANSWER_BYTES = 64_000_000;

/** Where an answer's results stand, of whichever endpoint. */
const RESULTS = ["choices", "data", "images"] as const;

/** Makes one request whose answer comes whole. The place is ended in every case. @throws LaplasError, or the signal's reason */
export async function fetchCompletion(
  context: CallContext,
  plan: PreparedCall,
  body: RequestBody,
  reservation: Reservation,
): Promise<JsonObject> {
  const detachable = createDetachable(plan, () => context.transport.unref(), reservation.lost, context.options.clock);
  const observer = observeRequest(context, plan);
  const work = observer
    .run(() => readAnswer(context, plan, body, reservation, detachable, observer))
    .finally(detachable.ended);
  work.then(() => observer.ended(), observer.ended);
  return raceAbort(work, plan.signal, () => {
    observer.left();
    detachable.detach();
  });
}

async function readAnswer(
  context: CallContext,
  plan: PreparedCall,
  body: RequestBody,
  reservation: Reservation,
  { signal, time }: Detachable,
  observer: RequestObserver,
): Promise<JsonObject> {
  const response = await send(context, plan, body, reservation, signal);
  observer.head(response.status);
  time.head();
  let text: string;
  try {
    text = await response.text(ANSWER_BYTES, time.heard);
  } catch (error) {
    throw await failedTransport(context, plan, reservation, error);
  }
  const answer = parseObject(text, plan.request.endpoint === "image" ? keepLargeSeed : undefined);
  const { errorShapes } = context.options.provider.signals;
  if (answer === undefined && /^\s*\[/.test(text) && isProviderError(text, errorShapes)) {
    throw await failedAnswer(context, plan, body, reservation, response, statusIn(text), text);
  }
  if (answer === undefined) {
    // Something in front may have said this, or have cut short what the upstream goes on saying.
    await chargeEstimate(plan, reservation, text.length, { isUncertain: true });
    throw new FatalUpstreamError(
      "unexpected_response",
      `The upstream answered ${response.status}, but the body is ${isPage(text) ? "an HTML page" : "no JSON object"}.`,
      { httpStatus: response.status },
    );
  }
  const isAnswered = RESULTS.some((name) => Array.isArray(answer[name]));
  if (!isAnswered && isErrorBody(answer, errorShapes)) {
    throw await failedAnswer(context, plan, body, reservation, response, statusIn(text), text);
  }
  const broken = errorInAnswer(answer);
  if (broken && answerCharacters(answer) === 0) {
    const said = JSON.stringify({ error: broken });
    throw await failedAnswer(context, plan, body, reservation, response, statusIn(said), said);
  }
  const { use: told } = readUsage(answer, context.options.provider);
  const { credits } = told;
  const characters = answerCharacters(answer) ?? text.length;
  const leastTokens = tokensOfCut(body, reasonsIn(answer));
  if (credits === undefined) await chargeEstimate(plan, reservation, characters, { isAnswered, leastTokens, told });
  else await chargeActual(plan, reservation, { ...told, credits }, characters);
  plan.totals.requestId = requestIdOf(response, context.options.apiKey) ?? plan.totals.requestId;
  return answer;
}

/** What the model wrote, as a stream would have said it, without the JSON around it. Nobody knows of what has no choices. */
function answerCharacters({ choices }: JsonObject): number | undefined {
  if (!Array.isArray(choices)) return undefined;
  const { said, thought } = charactersOf(choices.map((choice) => choice?.message));
  return said + thought;
}

function reasonsIn({ choices }: JsonObject): unknown[] {
  return Array.isArray(choices) ? choices.map((choice) => choice?.finish_reason) : [];
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
