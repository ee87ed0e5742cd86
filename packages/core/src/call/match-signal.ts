import type { FailureSignal } from "../provider/signals.js";
import type { FailedResponse } from "./classify-failure.js";
import type { ErrorBody } from "./error-body.js";
import { findPattern } from "./pattern.js";

type AnswerHead = Pick<FailedResponse, "status" | "modality" | "header">;

/** The first of a provider's signals that a failed answer gives. */
export function matchingSignal(
  signals: readonly FailureSignal[],
  answer: AnswerHead,
  body: ErrorBody,
): FailureSignal | undefined {
  return signals.find((signal) => matches(signal, answer, body));
}

function matches(
  { status, modalities, header, path, pattern, unless }: FailureSignal,
  answer: AnswerHead,
  body: ErrorBody,
): boolean {
  if (status !== undefined && (typeof status === "number" ? status !== answer.status : !status.includes(answer.status)))
    return false;
  if (modalities !== undefined && !modalities.includes(answer.modality)) return false;
  const place = header === undefined ? path && body.at(path) : answer.header(header);
  const texts = header === undefined && path === undefined ? body.texts : place === undefined ? [] : [place];
  const holds = (words: string): boolean => texts.some((text) => findPattern(text, words) !== null);
  // A place without words is there or not.
  if (pattern === undefined ? texts.length === 0 : !holds(pattern)) return false;
  return unless === undefined || !holds(unless);
}
