import type { ChatCompletion, ChatCompletionChunk, ChatMessage, JsonObject } from "../request/wire-types.js";
import { adjust } from "./chat-draft.js";
import { toClaudeMessages } from "./claude-messages.js";
import { type ChatDialect, chunkByChunk } from "./dialect.js";
import { adaptedFrom, draftChat } from "./draft-chat.js";
import { CLAUDE_KEYS } from "./message-keys.js";
import { systemText } from "./own-claude-fields.js";
import type { ToolChoice } from "./tool-choice.js";
import type { FunctionTool } from "./tools.js";

/** Anthropic's own limit must be given; where neither caller nor tier sets one, this is it. */
const DEFAULT_MAX_TOKENS = 4_096;

/** All claude models: Anthropic's request shape, OpenAI's envelope around the answer. Unknown root keys are a 400. */
export const claudeChat: ChatDialect = {
  adaptRequest(input) {
    const { limits } = input;
    const draft = draftChat(input, "claude", CLAUDE_KEYS);
    const {
      system: ownSystem,
      stop,
      tools,
      tool_choice: choice,
      parallel_tool_calls: parallel,
      ...fields
    } = draft.fields;
    const { system, messages } = toClaudeMessages(draft);
    const maxTokens = limits.maxOutputTokens ?? DEFAULT_MAX_TOKENS + thinkingTokens(fields.thinking);
    const body: JsonObject = { ...fields, messages, max_tokens: maxTokens };
    const instructions = [ownSystem === undefined ? "" : systemText(ownSystem), system ?? ""].filter(Boolean);
    if (instructions.length > 0) body.system = instructions.join("\n\n");
    if (stop !== undefined) body.stop_sequences = stop;
    const offered = (tools ?? []) as readonly FunctionTool[];
    const called = offered.length === 0 ? calledIn(draft.messages) : [];
    if (called.length > 0) {
      // Anthropic takes no conversation with calls unless it has tools; none of these may be called.
      body.tools = called.map((name) => ({
        name,
        description: name,
        input_schema: { type: "object", properties: {} },
      }));
      body.tool_choice = { type: "none" };
      adjust(draft, "tools", "from_history");
    } else {
      if (offered.length > 0) body.tools = offered.map(toClaudeTool);
      const chosen = toClaudeChoice(choice as ToolChoice | undefined, parallel === false);
      if (chosen !== undefined) body.tool_choice = chosen;
    }
    if (draft.stream) body.stream = true;
    return adaptedFrom(draft, body);
  },
  readAnswer: (answer) => withOpenAIReasons(answer),
  readStream: chunkByChunk(withOpenAIReasons),
};

/** Names of the tools that a conversation has called. */
function calledIn(messages: readonly ChatMessage[]): readonly string[] {
  return [...new Set(messages.flatMap(({ tool_calls: calls }) => (calls ?? []).map((call) => call.function.name)))];
}

function toClaudeTool({ function: { name, description, parameters } }: FunctionTool): JsonObject {
  // OpenAI takes a schema that does not say it is one of objects; here `type` is required.
  const schema = typeof parameters === "object" && parameters !== null ? (parameters as JsonObject) : {};
  const { type = "object", properties = {} } = schema;
  return { name, description, input_schema: { ...schema, type, properties } };
}

/** The answer's limit holds for the thinking as well, and must be above it. */
function thinkingTokens(thinking: unknown): number {
  const budget = (thinking as { budget_tokens?: unknown } | undefined)?.budget_tokens;
  return typeof budget === "number" ? budget : 0;
}

function toClaudeChoice(choice: ToolChoice | undefined, isOneAtMost: boolean): JsonObject | undefined {
  if (choice === "none") return { type: "none" };
  const once = isOneAtMost ? { disable_parallel_tool_use: true } : {};
  if (choice === undefined) return isOneAtMost ? { type: "auto", ...once } : undefined;
  if (typeof choice === "object") return { type: "tool", name: choice.function.name, ...once };
  return { type: choice === "required" ? "any" : "auto", ...once };
}

const REASONS: Readonly<Record<string, string>> = {
  end_turn: "stop",
  stop_sequence: "stop",
  max_tokens: "length",
  tool_use: "tool_calls",
};

/** Anthropic's words for why an answer ended, as OpenAI's. Anything without one is passed on as it came. */
function withOpenAIReasons<Answer extends ChatCompletion | ChatCompletionChunk>(answer: Answer): Answer {
  const isForeign = (choice: Answer["choices"][number] | null): boolean =>
    typeof choice?.finish_reason === "string" && Object.hasOwn(REASONS, choice.finish_reason);
  if (!Array.isArray(answer.choices) || !answer.choices.some(isForeign)) return answer;
  const choices = answer.choices.map((choice) =>
    isForeign(choice) ? { ...choice, finish_reason: REASONS[choice.finish_reason ?? ""] ?? null } : choice,
  );
  return { ...answer, choices };
}
