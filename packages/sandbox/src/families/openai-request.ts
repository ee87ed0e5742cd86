import { z } from "zod";
import type { AnswerFormat, ChatRequest, ChatTool, JsonSchema, ToolChoice } from "../chat/chat-request.js";
import { type OpenAIMessage, toTurn } from "./openai-messages.js";

const jsonSchema = z.record(z.string(), z.unknown());

/** The choice among tools in OpenAI's form. */
type OpenAIToolChoice = "none" | "auto" | "required" | { type: "function"; function: { name: string } };

export const toolChoices: z.ZodType<OpenAIToolChoice> = z.union([
  z.enum(["none", "auto", "required"]),
  z.looseObject({ type: z.literal("function"), function: z.looseObject({ name: z.string() }) }),
]);

type OpenAIAnswerFormat =
  | { type: "text" | "json_object" }
  | { type: "json_schema"; json_schema: { name: string; schema?: JsonSchema | undefined } };

/** Closed at every level. A name is what OpenAI takes: letters, digits, underscores and dashes, at most 64. */
export function answerFormats(strict: z.ZodType<boolean | null | undefined>): z.ZodType<OpenAIAnswerFormat> {
  return z.discriminatedUnion("type", [
    z.strictObject({ type: z.literal("text") }),
    z.strictObject({ type: z.literal("json_object") }),
    z.strictObject({
      type: z.literal("json_schema"),
      json_schema: z.strictObject({
        name: z.string().regex(/^[\w-]{1,64}$/),
        description: z.string().optional(),
        schema: jsonSchema.optional(),
        strict: strict.optional(),
      }),
    }),
  ]);
}

/** `modalities` where no audio comes out: naming the only one changes nothing. */
export const textOnly: z.ZodType<"text"[] | null | undefined> = z.array(z.literal("text")).nullish();

/** Token ids and their weights. */
export const logitBias: z.ZodType<Record<string, number> | null | undefined> = z
  .record(z.string().regex(/^\d+$/), z.number().min(-100).max(100))
  .nullish();

/** A checked body in OpenAI's form: what of it the sandbox reads. A family that lacks a key leaves it out. */
export interface OpenAIBody {
  messages: readonly OpenAIMessage[];
  max_tokens?: number | null | undefined;
  max_completion_tokens?: number | null | undefined;
  n?: number | null | undefined;
  stop?: string | readonly string[] | null | undefined;
  stream?: boolean | null | undefined;
  stream_options?: { include_usage?: boolean | undefined } | null | undefined;
  tools?: readonly OpenAITool[] | undefined;
  tool_choice?: OpenAIToolChoice | undefined;
  response_format?: OpenAIAnswerFormat | undefined;
}

/** A tool in OpenAI's form. */
export interface OpenAITool {
  function: { name: string; description?: string | undefined; parameters?: JsonSchema | null | undefined };
}

/** Brings a checked body into the sandbox's own form. */
export function toRequest(body: OpenAIBody): ChatRequest {
  const caps = [body.max_tokens, body.max_completion_tokens].filter((cap) => typeof cap === "number");
  return {
    turns: body.messages.map(toTurn),
    maxTokens: caps.length > 0 ? Math.min(...caps) : undefined,
    largestMaxTokens: caps.length > 0 ? Math.max(...caps) : undefined,
    stream: body.stream ?? false,
    includeUsage: body.stream_options?.include_usage ?? false,
    choices: body.n ?? 1,
    stop: typeof body.stop === "string" ? [body.stop] : [...(body.stop ?? [])],
    tools: (body.tools ?? []).map(toTool),
    toolChoice: toToolChoice(body.tool_choice),
    format: toFormat(body.response_format),
  };
}

function toTool(tool: OpenAITool): ChatTool {
  const { name, description, parameters } = tool.function;
  return { name, description: description ?? "", parameters: parameters ?? {} };
}

function toToolChoice(choice: OpenAIBody["tool_choice"]): ToolChoice {
  if (typeof choice === "object") return { kind: "named", name: choice.function.name };
  return { kind: choice ?? "auto" };
}

function toFormat(format: OpenAIBody["response_format"]): AnswerFormat {
  if (format?.type === "json_schema") return { kind: "schema", schema: format.json_schema.schema ?? {} };
  return { kind: format?.type === "json_object" ? "json" : "text" };
}
