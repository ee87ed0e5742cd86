import { z } from "zod";
import type { ChatFamily } from "./family.js";
import { answerFormats, toolChoices } from "./openai-request.js";
import { readOpenAIBody } from "./read-openai-body.js";
import { describedTool } from "./together-like.js";
import { togetherMessages } from "./together-messages.js";
import { unsupported } from "./unsupported.js";

const bodySchema = z.looseObject({
  model: z.string(),
  messages: togetherMessages,
  max_tokens: z.int().positive().optional(),
  max_completion_tokens: unsupported,
  reasoning_effort: unsupported,
  temperature: z.number().min(0).max(1).optional(),
  top_p: z.number().min(0.01).max(1).optional(),
  n: unsupported,
  seed: unsupported,
  logprobs: unsupported,
  top_logprobs: unsupported,
  stop: z.union([z.string(), z.array(z.string())]).nullish(),
  stream: z.boolean().optional(),
  stream_options: unsupported,
  mask_sensitive_info: z.boolean().optional(),
  tools: z.array(describedTool).optional(),
  tool_choice: toolChoices.optional(),
  response_format: answerFormats.optional(),
});

/** MiniMax-Text-01 and abab6.5s-chat. Without `max_tokens` the server stops at 256 here, not at 512. */
export const minimax: ChatFamily = {
  defaultMaxTokens: 256,
  stopReason: "stop",
  emptyToolCalls: false,
  read: readOpenAIBody(bodySchema),
};
