import { z } from "zod";
import type { AnswerFormat, ChatRequest, ChatTool, ToolChoice } from "../chat/chat-request.js";
import type { ChatModel } from "../models/model.js";
import { invalidBody, type Refusal, unsupportedValue } from "../tier/refusal.js";
import type { ChatFamily } from "./family.js";
import { openaiMessages, toTurn } from "./openai-messages.js";
import { toolOrderFault } from "./tool-order.js";
import { validationMessage } from "./validation-message.js";

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
  tool_choice: z
    .union([
      z.enum(["none", "auto", "required"]),
      z.looseObject({ type: z.literal("function"), function: z.looseObject({ name: z.string() }) }),
    ])
    .optional(),
  response_format: z
    .discriminatedUnion("type", [
      z.looseObject({ type: z.literal("text") }),
      z.looseObject({ type: z.literal("json_object") }),
      z.looseObject({
        type: z.literal("json_schema"),
        json_schema: z.looseObject({ name: z.string(), schema: jsonSchema.optional() }),
      }),
    ])
    .optional(),
});

type Body = z.infer<typeof bodySchema>;

/** OpenAI, xAI, DeepSeek, Qwen's own API and the others that take OpenAI's body. */
export const openaiLike: ChatFamily = {
  defaultMaxTokens: 512,
  stopReason: "stop",
  read(input, model) {
    const parsed = bodySchema.safeParse(input);
    if (!parsed.success) return { refusal: invalidBody(validationMessage(parsed.error)) };
    const fault = modelFault(parsed.data, model) ?? conversationFault(parsed.data);
    return fault ? { refusal: fault } : { request: toRequest(parsed.data) };
  },
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

function conversationFault(body: Body): Refusal | undefined {
  const fault = toolOrderFault(body.messages);
  if (fault) return { status: 400, message: fault, reason: "body" };
  if (body.stream_options && !body.stream) return invalidBody("stream_options: only allowed when stream is true");
  return undefined;
}

function toRequest(body: Body): ChatRequest {
  const caps = [body.max_tokens, body.max_completion_tokens].filter((cap) => typeof cap === "number");
  return {
    turns: body.messages.map(toTurn),
    maxTokens: caps.length > 0 ? Math.min(...caps) : undefined,
    largestMaxTokens: caps.length > 0 ? Math.max(...caps) : undefined,
    stream: body.stream ?? false,
    includeUsage: body.stream_options?.include_usage ?? false,
    choices: body.n ?? 1,
    stop: typeof body.stop === "string" ? [body.stop] : (body.stop ?? []),
    tools: (body.tools ?? []).map(toTool),
    toolChoice: toToolChoice(body.tool_choice),
    format: toFormat(body.response_format),
  };
}

function toTool(tool: NonNullable<Body["tools"]>[number]): ChatTool {
  const { name, description, parameters } = tool.function;
  return { name, description: description ?? "", parameters: parameters ?? {} };
}

function toToolChoice(choice: Body["tool_choice"]): ToolChoice {
  if (typeof choice === "object") return { kind: "named", name: choice.function.name };
  return { kind: choice ?? "auto" };
}

function toFormat(format: Body["response_format"]): AnswerFormat {
  if (format?.type === "json_schema") return { kind: "schema", schema: format.json_schema.schema ?? {} };
  return { kind: format?.type === "json_object" ? "json" : "text" };
}
