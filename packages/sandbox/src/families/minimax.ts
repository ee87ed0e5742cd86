import { z } from "zod";
import { emptyContentFault } from "./empty-content.js";
import type { ChatFamily } from "./family.js";
import { answerFormats, textOnly, toolChoices } from "./openai-request.js";
import { readOpenAIBody } from "./read-openai-body.js";
import { describedTool } from "./together-like.js";
import { togetherMessages } from "./together-messages.js";

/** All that its pages of 2025-04-16 list: no `stop` and no penalties either, as in MiniMax's own API of that time. */
const bodySchema = z.looseObject({
  model: z.string(),
  messages: togetherMessages,
  max_tokens: z.int().positive().optional(),
  temperature: z.number().min(0).max(1).optional(),
  top_p: z.number().min(0.01).max(1).optional(),
  stream: z.boolean().optional(),
  mask_sensitive_info: z.boolean().optional(),
  tools: z.array(describedTool).optional(),
  tool_choice: toolChoices.optional(),
  response_format: answerFormats(z.boolean().optional()).optional(),
  modalities: textOnly,
});

/** MiniMax-Text-01 and abab6.5s-chat. Without `max_tokens` the server stops at 256 here, not at 512. */
export const minimax: ChatFamily = {
  defaultMaxTokens: 256,
  stopReason: "stop",
  emptyToolCalls: false,
  continuesPrefill: false,
  // Reported of every role, also of calls: without words they leave `content` out.
  read: readOpenAIBody(bodySchema, ({ messages }) =>
    emptyContentFault(messages, () => false, "invalid params, chat content is empty (2013)"),
  ),
};
