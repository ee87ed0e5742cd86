import { z } from "zod";
import type { ChatRequest, ChatTurn, ToolChoice } from "../chat/chat-request.js";
import { invalidBody } from "../tier/refusal.js";
import { claudeFault } from "./claude-fault.js";
import { claudeMessages, toTurns } from "./claude-messages.js";
import type { ChatFamily } from "./family.js";
import { validationMessage } from "./validation-message.js";

const defaultMaxTokens = 512;

/* Anthropic's: calls one after the other, said inside the choice. */
const oneAtATime = z.boolean().optional();

/** The only closed root of the chat families: every key that is not here is a 400. */
const bodySchema = z.strictObject({
  model: z.string(),
  messages: claudeMessages,
  system: z.string().optional(),
  max_tokens: z.int().positive().optional(),
  stop_sequences: z.array(z.string().regex(/\S/, "each stop sequence must contain non-whitespace")).optional(),
  stream: z.boolean().optional(),
  temperature: z.number().min(0).max(1).optional(),
  top_p: z.number().min(0).max(1).optional(),
  top_k: z.int().min(0).optional(),
  frequency_penalty: z.number().optional(),
  metadata: z.record(z.string(), z.string()).optional(),
  tools: z
    .array(
      z.strictObject({
        name: z.string().regex(/^[\w-]{1,64}$/),
        description: z.string().optional(),
        input_schema: z.looseObject({ type: z.literal("object") }),
      }),
    )
    .optional(),
  tool_choice: z
    .discriminatedUnion("type", [
      z.looseObject({ type: z.literal("auto"), disable_parallel_tool_use: oneAtATime }),
      z.looseObject({ type: z.literal("any"), disable_parallel_tool_use: oneAtATime }),
      z.looseObject({ type: z.literal("none") }),
      z.looseObject({ type: z.literal("tool"), name: z.string(), disable_parallel_tool_use: oneAtATime }),
    ])
    .optional(),
  thinking: z.looseObject({ type: z.literal("enabled"), budget_tokens: z.int().min(1024) }).optional(),
});

type Body = z.infer<typeof bodySchema>;

/** All claude-* models: Anthropic's body, answered in OpenAI's envelope. */
export const claude: ChatFamily = {
  defaultMaxTokens,
  stopReason: "end_turn",
  emptyToolCalls: true,
  continuesPrefill: true,
  read(input) {
    const parsed = bodySchema.safeParse(input);
    if (!parsed.success) return { refusal: invalidBody(validationMessage(parsed.error)) };
    const fault = claudeFault(parsed.data, defaultMaxTokens);
    return fault ? { refusal: fault } : { request: toRequest(parsed.data) };
  },
};

function toRequest(body: Body): ChatRequest {
  const system: ChatTurn[] = body.system ? [{ role: "system", text: body.system, toolCalls: [] }] : [];
  return {
    turns: [...system, ...body.messages.flatMap(toTurns)],
    maxTokens: body.max_tokens,
    largestMaxTokens: body.max_tokens,
    stream: body.stream ?? false,
    includeUsage: false,
    choices: 1,
    stop: body.stop_sequences ?? [],
    tools: (body.tools ?? []).map((tool) => ({
      name: tool.name,
      description: tool.description ?? "",
      parameters: tool.input_schema,
    })),
    toolChoice: toToolChoice(body.tool_choice),
    format: { kind: "text" },
    thinking: body.thinking !== undefined,
  };
}

function toToolChoice(choice: Body["tool_choice"]): ToolChoice {
  if (choice?.type === "tool") return { kind: "named", name: choice.name };
  if (choice?.type === "any") return { kind: "required" };
  return { kind: choice?.type ?? "auto" };
}
