import { AIMessage, type AIMessageChunk, type BaseMessage } from "@langchain/core/messages";
import { OutputParserException } from "@langchain/core/output_parsers";
import { Runnable, type RunnableConfig } from "@langchain/core/runnables";
import { endOf, isCut } from "../messages/answer-end.js";
import { cutError, isJson } from "../messages/cut-error.js";
import { invalidCallsOf } from "../messages/invalid-calls.js";

/**
 * Stands before the parser of a structured output and lets only whole answers through. Parsers complete cut JSON: without
 * this, half a list would come out as the list. Streams pass piece by piece and are judged at their end.
 */
export class WholeAnswer extends Runnable<BaseMessage, BaseMessage> {
  override lc_namespace: string[] = ["langchain", "chat_models", "laplas"];
  readonly #isText: boolean;

  /** @param isText whether the answer is the message's text, and not a tool call */
  constructor(isText: boolean) {
    super();
    this.#isText = isText;
  }

  static override lc_name(): string {
    return "WholeAnswer";
  }

  /** @throws FatalLimitError `output_tokens`, with the text so far as `completed`; OutputParserException */
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
    if (end.cut !== "caller" && isCut(written, end) && !isJson(written)) throw cutError(answer, written);
    // The parser would take it for "no call" and return undefined.
    if (unreadable) throw new OutputParserException(unreadable.error ?? "The tool call is not valid JSON.", written);
  }
}
