import { helloSamples } from "../models/hello-samples.js";
import type { ChatModel } from "../models/model.js";
import type { ChatRequest } from "./chat-request.js";
import type { FinishedAnswer } from "./cut-answer.js";

/** What a request cost, in model tokens and in API tokens. */
export interface ChatUsage {
  promptTokens: number;
  completionTokens: number;
  /** Model tokens among them that were spent on reasoning outside the content. */
  reasoningTokens: number;
  promptApiTokens: number;
  completionApiTokens: number;
  /** What the budget is charged: the two rounded figures together. */
  apiTokens: number;
}

/** Prices an answer: model tokens x the model's rates, rounded; "Hello" costs what was published for it. */
export function chatUsage(
  request: ChatRequest,
  model: ChatModel,
  promptTokens: number,
  answer: FinishedAnswer,
): ChatUsage {
  const completionTokens = answer.tokens * request.choices;
  const sample = isHello(request, answer) ? helloSamples.get(model.id) : undefined;
  const promptApiTokens = sample?.promptApiTokens ?? Math.round(promptTokens * model.inputRate);
  const completionApiTokens = sample?.completionApiTokens ?? Math.round(completionTokens * model.outputRate);
  return {
    promptTokens,
    completionTokens,
    reasoningTokens: answer.reasoningTokens * request.choices,
    promptApiTokens,
    completionApiTokens,
    apiTokens: promptApiTokens + completionApiTokens,
  };
}

function isHello(request: ChatRequest, answer: FinishedAnswer): boolean {
  const [turn] = request.turns;
  const alone = request.turns.length === 1 && request.tools.length === 0 && request.choices === 1 && !request.thinking;
  return alone && turn?.role === "user" && turn.text === "Hello" && answer.finishReason !== "length";
}

/** The `usage` and `meta` fields of an answer. */
export function usageFields(usage: ChatUsage, shape: "usage" | "meta"): object {
  const meta = shape === "meta";
  const prompt = meta ? usage.promptTokens : usage.promptApiTokens;
  const completion = meta ? usage.completionTokens : usage.completionApiTokens;
  return {
    usage: {
      prompt_tokens: prompt,
      completion_tokens: completion,
      total_tokens: prompt + completion,
      prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: usage.reasoningTokens, audio_tokens: 0 },
    },
    ...(meta ? { meta: { usage: { tokens_used: usage.apiTokens } } } : {}),
  };
}
