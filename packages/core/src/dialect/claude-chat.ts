import type { Adjustment } from "../request/adjustment.js";
import type { ChatCompletion, ChatCompletionChunk, JsonObject } from "../request/wire-types.js";
import { toClaudeMessages } from "./claude-messages.js";
import type { ChatDialect } from "./dialect.js";
import { keepKnownKeys } from "./openai-messages.js";
import {
  checkMost,
  type MissingFields,
  neutralAt,
  neutralFormat,
  notTaken,
  onlyKnown,
  withoutMissing,
  withoutNulls,
} from "./root-fields.js";
import { describeTools, withoutStrict } from "./tools.js";

/** Anthropic's own limit must be given; where neither caller nor tier sets one, this is it. */
const DEFAULT_MAX_TOKENS = 4_096;

const ROOT_KEYS: ReadonlySet<string> = new Set([
  "model",
  "messages",
  "system",
  "max_tokens",
  "stop_sequences",
  "stream",
  "temperature",
  "top_p",
  "top_k",
  "tools",
  "tool_choice",
  "thinking",
  "metadata",
]);

/** OpenAI's fields at a value that says nothing. */
const MISSING: MissingFields = {
  n: neutralAt(1),
  logprobs: neutralAt(false),
  top_logprobs: neutralAt(0),
  frequency_penalty: neutralAt(0),
  presence_penalty: neutralAt(0),
  parallel_tool_calls: neutralAt(true),
  response_format: neutralFormat,
  // An identifier for the caller's own records; the answer is the same without it.
  user: () => true,
};

/** All claude models: Anthropic's request shape, OpenAI's envelope around the answer. Unknown root keys are a 400. */
export const claudeChat: ChatDialect = {
  adaptRequest({ request, limits, stream }) {
    const adjustments: Adjustment[] = [];
    const { max_tokens: _, max_completion_tokens: __, stream: ___, stream_options: ____, ...rest } = request.body;
    const {
      stop,
      stop_sequences: ownStops,
      tools,
      tool_choice: choice,
      system: ownSystem,
      ...others
    } = withoutNulls(rest);
    const fields = onlyKnown(withoutMissing(others, MISSING, request.model), ROOT_KEYS, request.model);
    checkMost(fields, "temperature", 1, request.model);

    const known = keepKnownKeys(request.messages, request.model, adjustments);
    const { system, messages } = toClaudeMessages(known);
    const body: JsonObject = { ...fields, messages, max_tokens: limits.maxOutputTokens ?? DEFAULT_MAX_TOKENS };
    const instructions = [ownSystem, system].filter((text) => text !== undefined);
    if (instructions.length > 0) body.system = instructions.map(systemText).join("\n\n");
    const stops = stop ?? ownStops;
    if (stops !== undefined) body.stop_sequences = Array.isArray(stops) ? stops : [stops];
    if (tools !== undefined) {
      body.tools = withoutStrict(describeTools(tools, adjustments), adjustments).map(toClaudeTool);
    }
    if (choice !== undefined) body.tool_choice = toToolChoice(choice, request.model);
    if (stream) body.stream = true;
    return { body, adjustments };
  },
  readAnswer: (answer) => withOpenAIReasons(answer),
  readChunk: (chunk) => withOpenAIReasons(chunk),
};

function toClaudeTool({
  function: { name, description, parameters },
}: ReturnType<typeof describeTools>[number]): JsonObject {
  return { name, description, input_schema: parameters ?? { type: "object", properties: {} } };
}

/** The published schema takes a text, Anthropic's own a list of text blocks as well. */
function systemText(system: unknown): string {
  if (!Array.isArray(system)) return String(system);
  return system.map((block) => String((block as { text?: unknown } | null)?.text ?? "")).join("\n\n");
}

function toToolChoice(choice: unknown, model: string): JsonObject {
  if (choice === "auto" || choice === "none") return { type: choice };
  if (choice === "required") return { type: "any" };
  const { type, function: named } = choice as { type?: unknown; function?: { name?: unknown } };
  if (type === "function" && named !== undefined) return { type: "tool", name: named.name };
  // Anthropic's own objects may be given as they are.
  if (type === "auto" || type === "any" || type === "tool" || type === "none") return choice as JsonObject;
  throw notTaken("tool_choice", model);
}

const REASONS: Readonly<Record<string, string>> = {
  end_turn: "stop",
  stop_sequence: "stop",
  max_tokens: "length",
  tool_use: "tool_calls",
};

/** Anthropic's words for why an answer ended, as OpenAI's. Anything without one is passed on as it came. */
function withOpenAIReasons<Answer extends ChatCompletion | ChatCompletionChunk>(answer: Answer): Answer {
  if (!answer.choices.some(({ finish_reason: reason }) => reason !== null && Object.hasOwn(REASONS, reason)))
    return answer;
  const choices = answer.choices.map((choice) => {
    const reason = choice.finish_reason;
    return { ...choice, finish_reason: reason === null ? null : (REASONS[reason] ?? reason) };
  });
  return { ...answer, choices };
}
