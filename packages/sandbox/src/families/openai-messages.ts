import { z } from "zod";
import type { ChatTurn } from "../chat/chat-request.js";

/*
 * The messages of the pages of 2025-04-16. Message objects are strict: an unknown key inside one is a 400, at any depth.
 * Roots of chat bodies are not. `null` is taken where the pages print `nullable` and nowhere else: no assistant's content.
 */

const textPart = z.strictObject({ type: z.literal("text"), text: z.string() });
const refusalPart = z.strictObject({ type: z.literal("refusal"), refusal: z.string() });
const imagePart = z.strictObject({
  type: z.literal("image_url"),
  image_url: z.strictObject({ url: z.url(), detail: z.enum(["auto", "low", "high"]).optional() }),
});
const audioPart = z.strictObject({
  type: z.literal("input_audio"),
  input_audio: z.strictObject({ data: z.string(), format: z.enum(["wav", "mp3"]) }),
});
const filePart = z.strictObject({
  type: z.literal("file"),
  file: z.strictObject({
    file_data: z.string().optional(),
    file_id: z.string().optional(),
    filename: z.string().optional(),
  }),
});

const text = z.union([z.string(), z.array(textPart).min(1)]);

/* What the pages leave open OpenAI itself checks: names without blanks, ids of at most 40 characters, no empty list. */
const name = z
  .string()
  .regex(/^[^\s<|\\/>]{1,64}$/)
  .optional();
const functionName = z.string().regex(/^[\w-]{1,64}$/);
const callId = z.string().max(40);
const toolCall = z.strictObject({
  id: callId,
  type: z.literal("function"),
  function: z.strictObject({ name: functionName, arguments: z.string() }),
});

const userContent = z.union([
  z.string(),
  z.array(z.discriminatedUnion("type", [textPart, imagePart, audioPart, filePart])).min(1),
]);
const assistantContent = z.union([z.string(), z.array(z.discriminatedUnion("type", [textPart, refusalPart])).min(1)]);

const message = z.discriminatedUnion("role", [
  z.strictObject({ role: z.literal("system"), content: text, name }),
  z.strictObject({ role: z.literal("developer"), content: text, name }),
  z.strictObject({ role: z.literal("user"), content: userContent, name }),
  z.strictObject({
    role: z.literal("assistant"),
    content: assistantContent.optional(),
    name,
    refusal: z.string().nullish(),
    audio: z.strictObject({ id: z.string() }).nullish(),
    tool_calls: z.array(toolCall).min(1).optional(),
    function_call: z.strictObject({ name: functionName, arguments: z.string() }).nullish(),
  }),
  z.strictObject({ role: z.literal("tool"), content: z.string(), tool_call_id: callId, name: name.nullable() }),
  z.strictObject({ role: z.literal("function"), content: z.string(), name: functionName }),
]);

/** A checked message: what of it the sandbox reads. */
export interface OpenAIMessage {
  role: ChatTurn["role"];
  content?: string | readonly { type: string; text?: string }[] | null | undefined;
  tool_calls?: readonly { id: string; function: { name: string; arguments: string } }[] | undefined;
  tool_call_id?: string;
  function_call?: { name: string; arguments: string } | null | undefined;
}

/** The messages of the OpenAI-like family. */
export const openaiMessages: z.ZodType<OpenAIMessage[]> = z.array(message).min(1);

/** Brings a checked message into the sandbox's own form; parts that are not text leave no trace. */
export function toTurn(message: OpenAIMessage): ChatTurn {
  const { content } = message;
  return {
    role: message.role,
    text: typeof content === "string" ? content : (content ?? []).map((part) => part.text ?? "").join("\n"),
    toolCalls: (message.tool_calls ?? []).map((call) => ({
      id: call.id,
      name: call.function.name,
      arguments: call.function.arguments,
    })),
  };
}
