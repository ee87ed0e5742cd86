import { z } from "zod";
import type { ChatFamily } from "./family.js";
import { openaiMessages } from "./openai-messages.js";
import { openaiModelFault } from "./openai-model-fault.js";
import { answerFormats, logitBias, toolChoices } from "./openai-request.js";
import { readOpenAIBody } from "./read-openai-body.js";

const tokens = z.int().positive().optional();
const penalty = z.number().min(-2).max(2).nullish();
const effort = z.enum(["low", "medium", "high"]).optional();
const text = z.union([z.string(), z.array(z.looseObject({ type: z.literal("text"), text: z.string() }))]);

/** Strict to the bottom, unlike Together's: `cache_control` beside a function is a 400. */
const tool = z.strictObject({
  type: z.literal("function"),
  function: z.strictObject({
    name: z.string().regex(/^[\w-]{1,64}$/),
    description: z.string().optional(),
    parameters: z.record(z.string(), z.unknown()).nullish(),
    strict: z.boolean().nullish(),
    required: z.array(z.string()).optional(),
  }),
});

/**
 * The union of the family's pages of 2025-04-16: `top_k`, `min_p`, `top_a` and `repetition_penalty` are on those of the
 * models that come by way of OpenRouter, `reasoning` on grok-3's. Four stops and 128 choices are OpenAI's limits.
 */
const bodySchema = z.looseObject({
  model: z.string(),
  messages: openaiMessages,
  max_tokens: tokens,
  max_completion_tokens: tokens,
  temperature: z.number().min(0).max(2).optional(),
  top_p: z.number().min(0.1).max(1).optional(),
  top_k: z.int().min(0).optional(),
  min_p: z.number().min(0).max(1).optional(),
  top_a: z.number().min(0).max(1).optional(),
  frequency_penalty: penalty,
  presence_penalty: penalty,
  repetition_penalty: z.number().min(0).max(2).optional(),
  logit_bias: logitBias,
  n: z.int().min(1).max(128).nullish(),
  seed: z.int().min(1).optional(),
  stop: z.union([z.string(), z.array(z.string()).min(1).max(4)]).nullish(),
  stream: z.boolean().optional(),
  stream_options: z.looseObject({ include_usage: z.boolean() }).optional(),
  logprobs: z.boolean().nullish(),
  top_logprobs: z.int().min(0).max(20).nullish(),
  prediction: z.looseObject({ type: z.literal("content"), content: text }).optional(),
  reasoning_effort: effort,
  reasoning: z
    .looseObject({ effort, max_tokens: z.int().min(1).optional(), exclude: z.boolean().optional() })
    .optional(),
  parallel_tool_calls: z.boolean().optional(),
  tools: z.array(tool).min(1).max(128).optional(),
  tool_choice: toolChoices.optional(),
  response_format: answerFormats(z.boolean().nullish()).optional(),
  modalities: z.array(z.enum(["text", "audio"])).nullish(),
  audio: z
    .looseObject({
      format: z.enum(["wav", "mp3", "flac", "opus", "pcm16"]),
      voice: z.enum(["alloy", "ash", "ballad", "coral", "echo", "sage", "shimmer"]),
    })
    .nullish(),
  web_search_options: z.looseObject({ search_context_size: z.enum(["low", "medium", "high"]).optional() }).optional(),
});

/** OpenAI, xAI, DeepSeek, Qwen's own API and the others that take OpenAI's body. */
export const openaiLike: ChatFamily = {
  defaultMaxTokens: 512,
  stopReason: "stop",
  emptyToolCalls: false,
  continuesPrefill: false,
  read: readOpenAIBody(bodySchema, openaiModelFault),
};
