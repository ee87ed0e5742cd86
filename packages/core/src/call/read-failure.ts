import type { LaplasErrorDetails } from "../errors/laplas-error.js";
import type { Signals } from "../provider/signals.js";
import { looseField, readErrorBody } from "./error-body.js";
import { findPattern } from "./pattern.js";

/** Where errors say what is wrong: flat ones, OpenAI's, and those that are a text or of FastAPI. */
const MESSAGE_PATHS = ["message", "error.message", "error", "detail"] as const;
/** Errors stand in one another as texts, but not for ever. */
const MOST_NESTED = 3;

/** What a failed answer says of itself, read leniently: from JSON of any known shape, or from text that looks like it. */
export function readFailure(
  text: string,
  { billingPattern, errorShapes }: Pick<Signals, "billingPattern" | "errorShapes">,
): Pick<LaplasErrorDetails, "requestId" | "billingUrl"> & { message: string } {
  // An id, and not whatever a server may put there: it is passed on as it is.
  const requestId = /"(?:requestId|request_id)"\s*:\s*"([\w-]{1,100})"/.exec(text)?.[1];
  const billingUrl = billingPattern === undefined ? undefined : findPattern(text, billingPattern)?.[0];
  return {
    message: messageIn(text, MOST_NESTED) ?? shapedText(text, errorShapes) ?? (isPage(text) ? "an HTML page" : ""),
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

/** The texts of the first of the provider's own shapes that the body has, as a document names them. */
function shapedText(text: string, shapes: Signals["errorShapes"]): string | undefined {
  if (isPage(text)) return undefined;
  const body = readErrorBody(text);
  for (const paths of shapes) {
    const said = paths.map((path) => body.at(path));
    if (said.includes(undefined)) continue;
    const texts = said.filter((one) => one !== undefined && one !== "" && !isNumber(one));
    if (texts.length > 0) return [...new Set(texts)].join(": ");
  }
  return undefined;
}

function isNumber(text: string): boolean {
  return /^[\d.-]+$/.test(text);
}
