import { z } from "zod";
import type { ChatFamily } from "./family.js";
import { answerFormats, logitBias, type OpenAITool, textOnly, toolChoices } from "./openai-request.js";
import { readOpenAIBody } from "./read-openai-body.js";
import { togetherMessages } from "./together-messages.js";

const penalty = z.number().min(-2).max(2).nullish();

/** A tool of these families: unlike OpenAI's, its function must be described. */
export const describedTool: z.ZodType<OpenAITool> = z.looseObject({
  type: z.literal("function"),
  function: z.looseObject({
    name: z.string().min(1),
    description: z.string(),
    parameters: z.record(z.string(), z.unknown()).nullish(),
  }),
});

const bodySchema = z.looseObject({
  model: z.string(),
  messages: togetherMessages,
  max_tokens: z.int().positive().optional(),
  temperature: z.number().min(0).optional(),
  top_p: z.number().min(0.01).max(1).optional(),
  top_k: z.number().optional(),
  min_p: z.number().min(0).max(1).optional(),
  frequency_penalty: penalty,
  presence_penalty: penalty,
  repetition_penalty: z.number().nullish(),
  logit_bias: logitBias,
  n: z.int().min(1).max(128).optional(),
  seed: z.int().min(1).optional(),
  stop: z.union([z.string(), z.array(z.string())]).nullish(),
  stream: z.boolean().optional(),
  stream_options: z.looseObject({ include_usage: z.boolean() }).optional(),
  logprobs: z.boolean().nullish(),
  echo: z.boolean().optional(),
  tools: z.array(describedTool).optional(),
  tool_choice: toolChoices.optional(),
  response_format: answerFormats(z.boolean().optional()).optional(),
  modalities: textOnly,
});

/** Llama, Qwen's open models, Mistral, Mixtral, gemma-2 and the others served by way of Together. */
export const togetherLike: ChatFamily = {
  defaultMaxTokens: 512,
  stopReason: "stop",
  emptyToolCalls: true,
  continuesPrefill: false,
  read: readOpenAIBody(bodySchema),
};
