import type { HeaderSignal, Signals } from "../provider/signals.js";
import type { FailedResponse } from "./classify-failure.js";
import { type ErrorBody, SEARCHED_CHARACTERS } from "./error-body.js";
import { isProviderError } from "./provider-error.js";
import { readTime } from "./read-time.js";

/** As Google writes it: `Quota exceeded for metric: free_tier_requests, limit: 0, model: m`. What follows a limit in other words is a count. */
const QUOTA_OF_ZERO = /\bquota exceeded\b.{0,300}?\blimit: ?0(?=[,;.)]|\s*$)(?!\.\d)/im;
const NAMED_TIME = /\bre-?try[\s_-]?(?:again|after|delay|in)\b|\btry again\b|\bresets?\b/i;

/**
 * Whether a refusal that no signal fits, and that has no `Retry-After`, says that the model has a limit of 0: then it is not on this plan,
 * and is closed until somebody asks again by hand. So the bar is high: anything in the answer that names a time makes it a pause. A
 * provider that names one even so (Google does) has a signal of kind `model_off` in its document.
 */
export function hasZeroLimit(answer: FailedResponse, body: ErrorBody, { headers, errorShapes }: Signals): boolean {
  if (answer.status !== 429 && answer.status !== 403) return false;
  if (!headers.some((signal) => isOfModel(signal, answer)) && !isQuotaOfZero(answer, body, errorShapes)) return false;
  return !body.texts.some((text) => NAMED_TIME.test(text)) && !headers.some((signal) => hasReset(signal, answer));
}

/** Of an account, or of nothing that the document names, 0 is a count like others. */
function isOfModel({ name, tells, scope }: HeaderSignal, { header }: FailedResponse): boolean {
  if (tells !== "limit" || (scope !== "model" && scope !== "pool")) return false;
  return /^\s*0+(?:\.0+)?\s*$/.test(header(name) ?? "");
}

function hasReset({ name, tells, format = "seconds" }: HeaderSignal, { header, now }: FailedResponse): boolean {
  return tells === "reset" && (readTime(header(name) ?? "", format, now) ?? 0) > 0;
}

/** In the message of an error in the provider's own shape: elsewhere the words may be a prompt's. */
function isQuotaOfZero({ text }: FailedResponse, body: ErrorBody, shapes: Signals["errorShapes"]): boolean {
  const message = body.at("error.message") ?? body.at("message") ?? "";
  return QUOTA_OF_ZERO.test(message.slice(0, SEARCHED_CHARACTERS)) && isProviderError(text, shapes);
}
