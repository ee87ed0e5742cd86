import { AIMessage, type AIMessageChunk, type BaseMessage } from "@langchain/core/messages";
import { OutputParserException, parseJsonMarkdown } from "@langchain/core/output_parsers";
import { Runnable, type RunnableConfig } from "@langchain/core/runnables";
import { FatalLimitError } from "@laplas/core";
import { endOf, isCut } from "../messages/answer-end.js";
import { invalidCallsOf } from "../messages/invalid-calls.js";

/**
 * Stands before the parser of a structured output and lets only whole answers through. Parsers complete cut JSON: without
 * this, half a list would come out as the list. Streams pass piece by piece and are judged at their end.
 */
export class WholeAnswer extends Runnable<BaseMessage, BaseMessage> {
  override lc_namespace: string[] = ["langchain", "chat_models", "laplas"];
  readonly #rule: string | undefined;
  readonly #isText: boolean;

  /**
   * @param rule id of the tier's rule on output, for the error
   * @param isText whether the answer is the message's text, and not a tool call
   */
  constructor(rule: string | undefined, isText: boolean) {
    super();
    this.#rule = rule;
    this.#isText = isText;
  }

  static override lc_name(): string {
    return "WholeAnswer";
  }

  /** @throws FatalLimitError `output_tokens`, with the text so far as `completed` */
  override async invoke(answer: BaseMessage): Promise<BaseMessage> {
    this.#check(answer);
    return answer;
  }

  override async *transform(
    answers: AsyncGenerator<BaseMessage>,
    _options?: Partial<RunnableConfig>,
  ): AsyncGenerator<BaseMessage> {
    let whole: AIMessageChunk | undefined;
    for await (const answer of answers) {
      const chunk = answer as AIMessageChunk;
      whole = whole === undefined ? chunk : whole.concat(chunk);
      yield answer;
    }
    if (whole === undefined) return;
    this.#check(whole);
    // Parsers of whole answers say so themselves.
    if (this.#isText && !isJson(whole.text)) {
      throw new OutputParserException("The structured answer is not valid JSON.", whole.text);
    }
  }

  #check(answer: BaseMessage): void {
    if (!AIMessage.isInstance(answer) || answer.tool_calls?.length) return;
    const [unreadable] = invalidCallsOf(answer);
    const written = unreadable?.args ?? answer.text;
    const end = endOf(answer);
    if (end.cut !== "caller" && isCut(written, end) && !isJson(written)) {
      throw cutError(written, this.#rule, Boolean(answer.additional_kwargs.reasoning_content));
    }
    // The parser would take it for "no call" and return undefined.
    if (unreadable) throw new OutputParserException(unreadable.error ?? "The tool call is not valid JSON.", written);
  }
}

/** The error for a structured answer that the tier's output limit has cut. */
export function cutError(written: string, rule: string | undefined, hasThoughts: boolean): FatalLimitError {
  return new FatalLimitError(
    "output_tokens",
    written === "" && hasThoughts
      ? "The model's thoughts took all of the tier's output limit, so there is no structured answer. Take a model that does not think, or a tier with longer answers."
      : "The structured answer was cut at the tier's output limit, so it is not complete. Ask for fewer or shorter fields, or take a tier with longer answers.",
    { completed: written, ...(rule === undefined ? {} : { rule }) },
  );
}

/** Cut at the limit and whole all the same: the last token that fitted was the last one. */
function isJson(text: string): boolean {
  try {
    parseJsonMarkdown(text, JSON.parse);
    return true;
  } catch {
    return false;
  }
}
