import { z } from "zod";
import { type Refusal, vendorRefusal } from "../tier/refusal.js";
import { emptyContentFault } from "./empty-content.js";
import type { ChatFamily } from "./family.js";
import { logitBias, type OpenAIBody, textOnly, toolChoices } from "./openai-request.js";
import { readOpenAIBody } from "./read-openai-body.js";
import { geminiMessages } from "./together-messages.js";

const penalty = z.number().min(-2).max(2).nullish();

/** Strict, so a tool's `strict` is a 400. The name is as Google wants it: a letter or an underscore first, 64 at most. */
const tool = z.strictObject({
  type: z.literal("function"),
  function: z.strictObject({
    name: z.string().regex(/^[A-Za-z_][\w-]{0,63}$/),
    description: z.string(),
    parameters: z.record(z.string(), z.unknown()).optional(),
  }),
});

/** All that its pages of 2025-04-16 list. Five stop texts are Google's limit. */
const bodySchema = z.looseObject({
  model: z.string(),
  messages: geminiMessages,
  max_tokens: z.int().positive().optional(),
  temperature: z.number().min(0).max(2).optional(),
  top_p: z.number().min(0.1).max(1).optional(),
  frequency_penalty: penalty,
  presence_penalty: penalty,
  logit_bias: logitBias,
  stop: z.union([z.string(), z.array(z.string()).max(5)]).nullish(),
  stream: z.boolean().optional(),
  tools: z.array(tool).optional(),
  tool_choice: toolChoices.optional(),
  modalities: textOnly,
});

/** All gemini-* models. */
export const gemini: ChatFamily = {
  defaultMaxTokens: 512,
  stopReason: "stop",
  emptyToolCalls: false,
  continuesPrefill: false,
  read: readOpenAIBody(bodySchema, geminiFault),
};

/** Google's: a function is declared once, instructions are not enough, and a turn without a call has text. A tool's result may be empty. */
function geminiFault({ messages, tools = [] }: OpenAIBody): Refusal | undefined {
  const names = tools.map((offered) => offered.function.name);
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) return vendorRefusal(`Duplicate function declaration found: ${repeated}`);
  const talks = messages.some((message) => message.role !== "system");
  if (!talks) return vendorRefusal("GenerateContentRequest.contents: contents is not specified");
  return emptyContentFault(
    messages,
    ({ role, tool_calls }) => role === "tool" || role === "function" || Boolean(tool_calls?.length),
    "Unable to submit request because it has an empty text parameter. Add a value to the parameter and try again.",
  );
}
