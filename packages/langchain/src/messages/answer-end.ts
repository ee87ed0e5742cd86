import type { BaseMessage } from "@langchain/core/messages";
import type { CallReport } from "@laplas/core";
import { reportOf } from "./report-of.js";

/** How an answer ended, as far as it matters to what can't be read of it. */
export interface AnswerEnd {
  /** Whose limit ended it: the tier's, or the `max_tokens` of the caller. */
  readonly cut: "tier" | "caller" | undefined;
  /** The tier's limit in model tokens, where that was the one in force. */
  readonly limit: number | undefined;
  /** Id of the tier's rule that says so. */
  readonly rule: string | undefined;
}

/** What of a report tells of the end, be it the engine's or a message's. */
type EndReport = Pick<CallReport, "truncatedByTier" | "adjusted">;

/** Reads the end of an answer from its finish reason and its report. */
export function answerEnd(finishReason: string | null | undefined, report: EndReport | undefined): AnswerEnd {
  const cut = finishReason !== "length" ? undefined : report?.truncatedByTier ? "tier" : "caller";
  return { cut, ...tierLimit(report) };
}

/** The same of a message of this package; of one that came through a checkpoint as well. */
export function endOf(message: BaseMessage): AnswerEnd {
  const { finish_reason: finishReason } = message.response_metadata as { finish_reason?: string | null };
  return answerEnd(finishReason, reportOf(message));
}

/** Whether a limit cut what should be JSON, also where the server calls the answer complete. */
export function isCut(written: string, { cut, limit }: AnswerEnd): boolean {
  if (cut !== undefined) return true;
  return limit !== undefined && /^\s*(?:```(?:json)?\s*)?[{[]/.test(written) && endsInTheMiddle(written);
}

/** Whether text that should be JSON ends inside a text, a list or an object. Some servers call such an answer complete. */
export function endsInTheMiddle(text: string): boolean {
  let depth = 0;
  let quoted = false;
  for (let index = 0; index < text.length; index += 1) {
    const char = text[index];
    if (quoted) {
      if (char === "\\") index += 1;
      else if (char === '"') quoted = false;
    } else if (char === '"') quoted = true;
    else if (char === "{" || char === "[") depth += 1;
    else if (char === "}" || char === "]") depth -= 1;
  }
  return quoted || depth > 0;
}

function tierLimit(report: EndReport | undefined): Pick<AnswerEnd, "limit" | "rule"> {
  for (const { to, rule } of report?.adjusted ?? []) {
    const [, limit] = /^max_(?:completion_)?tokens=(\d+)(?:_per_request)?$/.exec(to) ?? [];
    if (limit !== undefined) return { limit: Number(limit), rule };
  }
  return { limit: undefined, rule: undefined };
}
