import { AIMessage, type AIMessageChunk, type BaseMessage } from "@langchain/core/messages";
import { OutputParserException } from "@langchain/core/output_parsers";
import { Runnable, type RunnableConfig } from "@langchain/core/runnables";
import { FatalLimitError } from "@laplas/core";
import { reportOf } from "../messages/report-of.js";

/**
 * Stands before the parser of a structured output and lets only whole answers through. Parsers complete cut JSON: without
 * this, half a list would come out as the list. Streams pass piece by piece and are judged at their end.
 */
export class WholeAnswer extends Runnable<BaseMessage, BaseMessage> {
  override lc_namespace: string[] = ["langchain", "chat_models", "laplas"];
  readonly #rule: string | undefined;

  /** @param rule id of the tier's rule on output, for the error */
  constructor(rule: string | undefined) {
    super();
    this.#rule = rule;
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
    if (whole !== undefined) this.#check(whole);
  }

  #check(answer: BaseMessage): void {
    if (!AIMessage.isInstance(answer)) return;
    const report = reportOf(answer);
    const [unreadable] = answer.tool_calls?.length ? [] : (answer.invalid_tool_calls ?? []);
    if (report?.truncatedByTier && (answer.tool_calls ?? []).length === 0 && !isJson(answer.text)) {
      throw new FatalLimitError(
        "output_tokens",
        unreadable === undefined && answer.text === "" && answer.additional_kwargs.reasoning_content
          ? "The model's thoughts took all of the tier's output limit, so there is no structured answer. Take a model that does not think, or a tier with longer answers."
          : "The structured answer was cut at the tier's output limit, so it is not complete. Ask for fewer or shorter fields, or take a tier with longer answers.",
        { completed: unreadable?.args ?? answer.text, ...(this.#rule === undefined ? {} : { rule: this.#rule }) },
      );
    }
    // The parser would take it for "no call" and return undefined.
    if (unreadable) throw new OutputParserException(unreadable.error ?? "The tool call is no JSON.", unreadable.args);
  }
}

/** Cut at the limit and whole all the same: the last token that fitted was the last one. */
function isJson(text: string): boolean {
  try {
    JSON.parse(text.trim().replace(/^```(?:json)?\s*|\s*```$/g, ""));
    return true;
  } catch {
    return false;
  }
}
