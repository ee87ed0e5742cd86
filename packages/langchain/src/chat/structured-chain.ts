import type { BaseLanguageModelInput, StructuredOutputMethodOptions } from "@langchain/core/language_models/base";
import { assembleStructuredOutputPipeline as assemble } from "@langchain/core/language_models/structured_output";
import type { AIMessageChunk, BaseMessage } from "@langchain/core/messages";
import { type Runnable, RunnableSequence } from "@langchain/core/runnables";
import type { ChatLaplasCallOptions } from "./chat-fields.js";
import { type OutputSchema, planStructuredOutput } from "./structured-output.js";
import { WholeAnswer } from "./whole-answer.js";

type StructuredChain<Output extends object> =
  | Runnable<BaseLanguageModelInput, Output>
  | Runnable<BaseLanguageModelInput, { raw: BaseMessage; parsed: Output }>;

/** A model whose whole answers are read in the shape of a schema. @throws InvalidOptionsError on a method that nobody knows */
export function structuredChain<Output extends object>(
  model: Runnable<BaseLanguageModelInput, AIMessageChunk, ChatLaplasCallOptions>,
  schema: OutputSchema<Output>,
  options: StructuredOutputMethodOptions<boolean>,
): StructuredChain<Output> {
  const plan = planStructuredOutput(schema, options);
  const whole = new WholeAnswer(plan.isText);
  if (options.includeRaw) {
    const parser = RunnableSequence.from<BaseMessage, Output>([whole, plan.parser]);
    return assemble(model.withConfig(plan.callOptions), parser, true, "StructuredOutputRunnable");
  }
  // One sequence: one inside another waits for the whole stream. Parsers of streams take text, not blocks.
  const asked = model.withConfig({ ...plan.callOptions, outputVersion: "v0" });
  return RunnableSequence.from<BaseLanguageModelInput, Output>([asked, whole, plan.parser]).withConfig({
    runName: "StructuredOutput",
  });
}
