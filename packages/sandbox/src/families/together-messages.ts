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
  image_url: z.looseObject({ url: z.url(), detail: z.enum(["auto", "low", "high"]).optional() }),
});
const calledFunction = { name: z.string(), arguments: z.string() };

function messagesWith(called: z.ZodType<{ name: string; arguments: string }>): z.ZodType<OpenAIMessage[]> {
  const toolCall = z.looseObject({ id: z.string(), type: z.literal("function"), function: called });
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
  return z.array(message).min(1);
}

export const togetherMessages: z.ZodType<OpenAIMessage[]> = messagesWith(z.looseObject(calledFunction));

/** Gemini's: the same, but for the function of a call, which is strict as well. */
export const geminiMessages: z.ZodType<OpenAIMessage[]> = messagesWith(z.strictObject(calledFunction));
