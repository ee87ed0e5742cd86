import type { BaseMessage } from "@langchain/core/messages";
import { parseJsonMarkdown } from "@langchain/core/output_parsers";
import { FatalLimitError } from "@laplas/core";
import { endOf } from "./answer-end.js";

/**
 * The error for a structured answer that was cut, with the text so far as `completed`.
 *
 * @param written what there is of it: the arguments of a call, or the answer's text
 */
export function cutError(answer: BaseMessage, written: string): FatalLimitError {
  const { cut, limit, rule } = endOf(answer);
  const tokens = limit === undefined ? "" : ` of ${limit} tokens`;
  const where = cut === "caller" ? "max_tokens" : `the tier's output limit${tokens}`;
  const more = cut === "caller" ? "or give it more tokens" : "or take a tier with longer answers";
  const hasThoughts = written.trim() === "" && Boolean(answer.additional_kwargs.reasoning_content);
  return new FatalLimitError(
    "output_tokens",
    hasThoughts
      ? `The model's thoughts took all of ${where}, so there is no structured answer. Take a model that does not think, ${more}.`
      : `The structured answer was cut at ${where}, so it is not complete. Ask for fewer or shorter fields, ${more}.`,
    { completed: written, ...(rule === undefined ? {} : { rule }) },
  );
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
