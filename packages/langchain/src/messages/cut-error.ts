import type { BaseMessage } from "@langchain/core/messages";
import { parseJsonMarkdown } from "@langchain/core/output_parsers";
import { FatalLimitError } from "@laplas/core";
import { type AnswerEnd, endOf } from "./answer-end.js";
import type { MessageReport } from "./message-report.js";
import { reportOf } from "./report-of.js";

/**
 * The error for a structured answer that was cut, with the text so far as `completed`.
 *
 * @param written what there is of it: the arguments of a call, or the answer's text
 */
export function cutError(answer: BaseMessage, written: string): FatalLimitError {
  const { cut, limit, rule } = endOf(answer);
  const tokens = limit === undefined ? "" : ` of ${limit} tokens`;
  const where = cut === "caller" ? "max_tokens" : `the tier's output limit${tokens}`;
  const { parts = [], ended } = reportOf(answer) ?? {};
  const after = parts.length > 1 ? `, after ${parts.length} parts (ended: ${ended})` : "";
  const more = cut === "caller" ? "or give it more tokens" : "or take a tier with longer answers";
  const hasThoughts = written.trim() === "" && Boolean(answer.additional_kwargs.reasoning_content);
  return new FatalLimitError(
    "output_tokens",
    hasThoughts
      ? `The model's thoughts took all of ${where}, so there is no structured answer. Take a model that does not think, ${more}.`
      : `The structured answer was cut at ${where}${after}, so it is not complete. Ask for fewer or shorter fields, ${longer(cut, ended)}${more}.`,
    { completed: written, ...(rule === undefined ? {} : { rule }) },
  );
}

/** What to do where follow-ups were off, or too few; they help against nothing else. */
function longer(cut: AnswerEnd["cut"], ended: MessageReport["ended"]): string {
  if (cut === "caller") return "";
  if (ended === undefined) return "let it be continued by continueAtCap, ";
  return ended === "parts" ? "raise continueAtCap, " : "";
}

/** Whether an answer is whole: it may be, also at the limit, if the last token that fitted was the last one. */
export function isJson(text: string): boolean {
  try {
    parseJsonMarkdown(text, JSON.parse);
    return true;
  } catch {
    return false;
  }
}
