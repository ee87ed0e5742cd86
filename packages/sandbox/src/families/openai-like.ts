import { z } from "zod";
import type { ChatModel } from "../models/model.js";
import { type Refusal, unsupportedValue } from "../tier/refusal.js";
import type { ChatFamily } from "./family.js";
import { openaiMessages } from "./openai-messages.js";
import { answerFormats, toolChoices } from "./openai-request.js";
import { readOpenAIBody } from "./read-openai-body.js";

const jsonSchema = z.record(z.string(), z.unknown());
const tokens = z.int().positive();
const penalty = z.number().min(-2).max(2);

const bodySchema = z.looseObject({
  model: z.string(),
  messages: openaiMessages,
  max_tokens: tokens.nullish(),
  max_completion_tokens: tokens.nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  frequency_penalty: penalty.nullish(),
  presence_penalty: penalty.nullish(),
  n: z.int().min(1).max(128).nullish(),
  seed: z.int().nullish(),
  stop: z.union([z.string(), z.array(z.string()).max(4)]).nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().optional() }).nullish(),
  logprobs: z.boolean().nullish(),
  top_logprobs: z.int().min(0).max(20).nullish(),
  reasoning_effort: z.enum(["low", "medium", "high"]).nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  tools: z
    .array(
      z.looseObject({
        type: z.literal("function"),
        function: z.looseObject({
          name: z.string().regex(/^[\w-]{1,64}$/),
          description: z.string().optional(),
          parameters: jsonSchema.optional(),
        }),
      }),
    )
    .optional(),
  tool_choice: toolChoices.optional(),
  response_format: answerFormats.optional(),
});

type Body = z.infer<typeof bodySchema>;

/** OpenAI, xAI, DeepSeek, Qwen's own API and the others that take OpenAI's body. */
export const openaiLike: ChatFamily = {
  defaultMaxTokens: 512,
  stopReason: "stop",
  emptyToolCalls: false,
  read: readOpenAIBody(bodySchema, modelFault),
};

/** What single models of this family do not take. */
function modelFault(body: Body, model: ChatModel): Refusal | undefined {
  if (/^o1-(mini|preview)/.test(model.id)) {
    const index = body.messages.findIndex((message) => message.role === "system");
    if (index >= 0) {
      return unsupportedValue(`'messages[${index}].role' does not support 'system' with this model.`);
    }
  }
  if (model.id === "o1" && body.stream) {
    return unsupportedValue("'stream' does not support true with this model. Only the default (false) is supported.");
  }
  return undefined;
}
