import type { FailureSignal } from "../provider/signals.js";
import type { FailedResponse } from "./classify-failure.js";
import type { ErrorBody } from "./error-body.js";
import { patternOf } from "./pattern.js";

/** The first of a provider's signals that a failed answer gives. */
export function matchingSignal(
  signals: readonly FailureSignal[],
  answer: Pick<FailedResponse, "status" | "modality">,
  body: ErrorBody,
): FailureSignal | undefined {
  return signals.find((signal) => matches(signal, answer, body));
}

function matches(
  { status, modalities, path, pattern, unless }: FailureSignal,
  answer: Pick<FailedResponse, "status" | "modality">,
  body: ErrorBody,
): boolean {
  if (status !== undefined && (typeof status === "number" ? status !== answer.status : !status.includes(answer.status)))
    return false;
  if (modalities !== undefined && !modalities.includes(answer.modality)) return false;
  const texts = path === undefined ? body.texts : [body.at(path) ?? []].flat();
  const holds = (words: string): boolean => texts.some((text) => patternOf(words).test(text));
  // A place without words is there or not.
  if (pattern === undefined ? texts.length === 0 : !holds(pattern)) return false;
  return unless === undefined || !holds(unless);
}
