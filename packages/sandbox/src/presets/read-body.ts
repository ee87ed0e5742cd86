import { z } from "zod";
import type { ChatRequest } from "../chat/chat-request.js";
import { callArgumentsFault } from "../families/call-arguments.js";
import { type OpenAIBody, toRequest } from "../families/openai-request.js";
import { toolOrderFault } from "../families/tool-order.js";
import type { PresetModel } from "./preset.js";
import type { CheckedBody, Strictness, Violation } from "./strictness.js";
import { unknownKeys } from "./unknown-keys.js";

const part = z.discriminatedUnion("type", [
  z.looseObject({ type: z.literal("text"), text: z.string() }),
  z.looseObject({ type: z.enum(["image_url", "input_audio", "file"]) }),
]);
const content = z.union([z.string(), z.array(part).min(1)]);
const call = z.looseObject({
  id: z.string(),
  type: z.literal("function").optional(),
  function: z.looseObject({ name: z.string().min(1), arguments: z.string() }),
});
const message = z.discriminatedUnion("role", [
  z.looseObject({ role: z.enum(["system", "developer", "user"]), content }),
  z.looseObject({ role: z.literal("assistant"), content: content.nullish(), tool_calls: z.array(call).optional() }),
  z.looseObject({ role: z.literal("tool"), content, tool_call_id: z.string() }),
]);
const tool = z.looseObject({
  type: z.literal("function"),
  function: z.looseObject({
    name: z.string().regex(/^[\w-]{1,64}$/),
    description: z.string().optional(),
    parameters: z.looseObject({ type: z.literal("object").optional() }).optional(),
  }),
});
const named = z.looseObject({ type: z.literal("function"), function: z.looseObject({ name: z.string() }) });
const cap = z.int().positive().optional();

/** OpenAI's form with open objects: what is unknown is found by the preset's own lists. */
const form = z.looseObject({
  model: z.string(),
  messages: z.array(message).min(1),
  max_tokens: cap,
  max_completion_tokens: cap,
  temperature: z.number().min(0).max(2).optional(),
  top_p: z.number().min(0).max(1).optional(),
  n: z.int().min(1).max(8).optional(),
  stop: z.union([z.string(), z.array(z.string()).max(5)]).optional(),
  stream: z.boolean().optional(),
  stream_options: z.looseObject({ include_usage: z.boolean().optional() }).optional(),
  tools: z.array(tool).optional(),
  tool_choice: z.union([z.enum(["none", "auto", "required", "any"]), named]).optional(),
  response_format: z
    .discriminatedUnion("type", [
      z.looseObject({ type: z.enum(["text", "json_object"]) }),
      z.looseObject({
        type: z.literal("json_schema"),
        json_schema: z.looseObject({ name: z.string(), schema: z.record(z.string(), z.unknown()).optional() }),
      }),
    ])
    .optional(),
});

/** Reads a chat body as strictly as a provider does. */
export function readBody(
  input: unknown,
  strictness: Strictness,
  model: PresetModel,
): { request: ChatRequest } | { violations: readonly Violation[] } {
  const parsed = form.safeParse(withoutNulls(input));
  if (!parsed.success) {
    return {
      violations: parsed.error.issues.slice(0, 3).map(({ path, message }) => ({
        kind: "invalid",
        path: path.map((step) => (typeof step === "number" ? step : String(step))),
        message,
      })),
    };
  }
  const unknown = unknownKeys(input, strictness);
  if (unknown.length > 0) return { violations: unknown };
  const body: CheckedBody = parsed.data;
  const fault = conversationFault(body) ?? strictness.further?.(body, model);
  return fault ? { violations: [fault] } : { request: toRequest(openaiBody(parsed.data, strictness)) };
}

/** `null` stands for a key that is not there, as clients write it. */
function withoutNulls(input: unknown): unknown {
  if (typeof input !== "object" || input === null || Array.isArray(input)) return input;
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== null));
}

function conversationFault({ messages }: CheckedBody): Violation | undefined {
  const silent = messages.findIndex(
    ({ role, content, tool_calls: calls }) => role === "assistant" && (content ?? "") === "" && !calls?.length,
  );
  if (silent >= 0) {
    return { kind: "invalid", path: ["messages", silent], message: "expected content or tool_calls" };
  }
  const fault = toolOrderFault(messages) ?? callArgumentsFault(messages, true);
  return fault === undefined ? undefined : { kind: "invalid", path: ["messages"], message: fault };
}

function openaiBody(body: z.infer<typeof form>, { capNames }: Strictness): OpenAIBody {
  const takes = (name: "max_tokens" | "max_completion_tokens") => capNames === undefined || capNames.includes(name);
  return {
    messages: body.messages,
    max_tokens: takes("max_tokens") ? body.max_tokens : undefined,
    max_completion_tokens: takes("max_completion_tokens") ? body.max_completion_tokens : undefined,
    n: body.n,
    stop: body.stop,
    stream: body.stream,
    stream_options: body.stream_options,
    tools: body.tools,
    tool_choice: body.tool_choice === "any" ? "required" : body.tool_choice,
    response_format: body.response_format,
  };
}
