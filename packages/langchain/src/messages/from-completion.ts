import { AIMessage, type UsageMetadata } from "@langchain/core/messages";
import type { ChatGeneration, ChatResult } from "@langchain/core/outputs";
import type { ChatCompletion, WithReport } from "@laplas/core";
import { answerEnd } from "./answer-end.js";
import { noticeOf } from "./invalid-calls.js";
import { type MessageReport, toMessageReport } from "./message-report.js";
import { modelProvider } from "./model-provider.js";
import { createCallIds, partition, readEach } from "./tool-calls.js";
import { toUsageMetadata, usageField } from "./usage-metadata.js";

/** `response_metadata` of an answer, beside what LangChain adds. */
export interface LaplasResponseMetadata {
  model_provider: "laplas" | "deepseek";
  /** The model as the server names it; often differs from the id asked for. */
  model_name: string;
  model: string;
  finish_reason: string | null;
  /** How the answer came about: cost, adjustments, waiting time, what is left. */
  laplas: MessageReport;
}

/** A whole answer as LangChain's result: one generation per choice. */
export function fromCompletion(completion: WithReport<ChatCompletion>): ChatResult {
  return {
    generations: completion.choices.map((choice) => toGeneration(completion, choice)),
    llmOutput: toLlmOutput(toUsageMetadata(completion.usage)),
  };
}

/** Usage under the names by which callbacks have read it since before there was `usage_metadata`. */
export function toLlmOutput(usage: UsageMetadata | undefined): Record<string, unknown> {
  if (usage === undefined) return {};
  const { input_tokens: promptTokens, output_tokens: completionTokens, total_tokens: totalTokens } = usage;
  return { tokenUsage: { promptTokens, completionTokens, totalTokens } };
}

function toGeneration(
  { id, model, usage, laplas }: WithReport<ChatCompletion>,
  { message: answer, finish_reason, ...choice }: ChatCompletion["choices"][number],
): ChatGeneration {
  const { reasoning_content: reasoning, refusal } = answer;
  const metadata: LaplasResponseMetadata = {
    model_provider: modelProvider(Boolean(reasoning)),
    model_name: model,
    model,
    finish_reason,
    laplas: toMessageReport(laplas),
  };
  const nextId = createCallIds();
  const written = (answer.tool_calls ?? []).map(({ id, function: called }) => ({
    id: nextId(id),
    name: called?.name,
    args: called?.arguments,
  }));
  const calls = partition(readEach(written, answerEnd(finish_reason, laplas)));
  const said = answer.content ?? "";
  const text = said + noticeOf(said, calls.tool_calls, calls.invalid_tool_calls);
  const message = new AIMessage({
    // LangGraph would take every message with an empty one for the same.
    ...(id ? { id } : {}),
    content: text,
    ...calls,
    additional_kwargs: {
      ...(reasoning ? { reasoning_content: reasoning } : {}),
      ...(refusal ? { refusal } : {}),
    },
    ...usageField(usage),
    response_metadata: { ...metadata },
  });
  const logprobs = choice.logprobs === undefined || choice.logprobs === null ? {} : { logprobs: choice.logprobs };
  return { text, message, generationInfo: { finish_reason, ...logprobs } };
}
