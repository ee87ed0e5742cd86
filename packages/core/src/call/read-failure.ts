import type { LaplasErrorDetails } from "../errors/laplas-error.js";
import type { Signals } from "../provider/signals.js";
import { looseField, readErrorBody, SEARCHED_CHARACTERS } from "./error-body.js";
import { patternOf } from "./pattern.js";

/** Where errors say what is wrong: flat ones, OpenAI's, and those that are a text or of FastAPI. */
const MESSAGE_PATHS = ["message", "error.message", "error", "detail"] as const;
/** Errors stand in one another as texts, but not for ever. */
const MOST_NESTED = 3;

/** What a failed answer says of itself, read leniently: from JSON of any known shape, or from text that looks like it. */
export function readFailure(
  text: string,
  { billingPattern }: Pick<Signals, "billingPattern">,
): Pick<LaplasErrorDetails, "requestId" | "billingUrl"> & { message: string } {
  // An id, and not whatever a server may put there: it is passed on as it is.
  const requestId = /"(?:requestId|request_id)"\s*:\s*"([\w-]{1,100})"/.exec(text)?.[1];
  const billingUrl =
    billingPattern === undefined ? undefined : patternOf(billingPattern).exec(text.slice(0, SEARCHED_CHARACTERS))?.[0];
  return {
    message: messageIn(text, MOST_NESTED) ?? (isPage(text) ? "an HTML page" : ""),
    ...(requestId === undefined ? {} : { requestId }),
    ...(billingUrl === undefined ? {} : { billingUrl }),
  };
}

/** Whether a body is HTML, or XML. */
export function isPage(text: string): boolean {
  return /^\s*</.test(text);
}

function messageIn(text: string, nested: number): string | undefined {
  if (isPage(text)) return undefined;
  const body = readErrorBody(text);
  for (const path of MESSAGE_PATHS) {
    const message = body.at(path);
    if (message === undefined || isNumber(message)) continue;
    return (nested > 0 && /^\s*[[{]/.test(message) ? messageIn(message, nested - 1) : undefined) ?? message;
  }
  const message = looseField(text, "message");
  return message === undefined || isNumber(message) ? undefined : message;
}

function isNumber(text: string): boolean {
  return /^[\d.-]+$/.test(text);
}
