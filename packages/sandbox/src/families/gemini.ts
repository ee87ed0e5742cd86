import { z } from "zod";
import type { ChatFamily } from "./family.js";
import { toolChoices } from "./openai-request.js";
import { readOpenAIBody } from "./read-openai-body.js";
import { togetherMessages } from "./together-messages.js";
import { unsupported } from "./unsupported.js";

const penalty = z.number().min(-2).max(2).nullish();

/** Strict here and nowhere else: a tool's `strict` is a 400. */
const tool = z.strictObject({
  type: z.literal("function"),
  function: z.strictObject({
    name: z.string().min(1),
    description: z.string(),
    parameters: z.record(z.string(), z.unknown()).optional(),
  }),
});

const bodySchema = z.looseObject({
  model: z.string(),
  messages: togetherMessages,
  max_tokens: z.int().positive().optional(),
  max_completion_tokens: unsupported,
  reasoning_effort: unsupported,
  temperature: z.number().min(0).max(2).optional(),
  top_p: z.number().min(0.1).max(1).optional(),
  frequency_penalty: penalty,
  presence_penalty: penalty,
  n: unsupported,
  seed: unsupported,
  logprobs: unsupported,
  top_logprobs: unsupported,
  response_format: unsupported,
  stop: z.union([z.string(), z.array(z.string())]).nullish(),
  stream: z.boolean().optional(),
  stream_options: unsupported,
  tools: z.array(tool).optional(),
  tool_choice: toolChoices.optional(),
});

/** All gemini-* models. */
export const gemini: ChatFamily = {
  defaultMaxTokens: 512,
  stopReason: "stop",
  emptyToolCalls: false,
  read: readOpenAIBody(bodySchema),
};
