import { z } from "zod";
import type { OpenAIMessage } from "./openai-messages.js";

/*
 * The messages of the Together-like, MiniMax and Gemini schemas: no developer role, and the content of assistant, tool
 * and function messages is a string: no parts, no null (a call without words leaves it out). Objects are strict, parts
 * are not.
 */

const name = z.string().optional();
const textPart = z.looseObject({ type: z.literal("text"), text: z.string() });
const imagePart = z.looseObject({
  type: z.literal("image_url"),
  image_url: z.looseObject({ url: z.string(), detail: z.enum(["auto", "low", "high"]).optional() }),
});
const toolCall = z.looseObject({
  id: z.string(),
  type: z.literal("function"),
  function: z.looseObject({ name: z.string(), arguments: z.string() }),
});

const message = z.discriminatedUnion("role", [
  z.strictObject({ role: z.literal("system"), content: z.union([z.string(), z.array(textPart).min(1)]), name }),
  z.strictObject({
    role: z.literal("user"),
    content: z.union([z.string(), z.array(z.discriminatedUnion("type", [textPart, imagePart])).min(1)]),
    name,
  }),
  z.strictObject({
    role: z.literal("assistant"),
    content: z.string().optional(),
    tool_calls: z.array(toolCall).optional(),
    refusal: z.string().optional(),
    name,
  }),
  z.strictObject({ role: z.literal("tool"), content: z.string(), tool_call_id: z.string() }),
  z.strictObject({ role: z.literal("function"), content: z.string(), name: z.string() }),
]);

export const togetherMessages: z.ZodType<OpenAIMessage[]> = z.array(message).min(1);
