import { FatalUpstreamError } from "../errors/upstream-errors.js";
import type { Adjustment } from "../request/adjustment.js";
import type { ChatCompletion, ChatCompletionChunk, JsonObject } from "../request/wire-types.js";
import { toClaudeMessages } from "./claude-messages.js";
import { type ChatDialect, chunkByChunk } from "./dialect.js";
import { CLAUDE_KEYS, keepKnownKeys } from "./message-keys.js";
import {
  checkRanges,
  type MissingFields,
  neutralAt,
  neutralFormat,
  notTaken,
  onlyKnown,
  withoutEmptyTools,
  withoutMissing,
  withoutNulls,
} from "./root-fields.js";
import { closeTools, describeTools } from "./tools.js";

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
  // Sic: not Anthropic's, but in the schema published on 2025-04-16.
  "frequency_penalty",
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
  presence_penalty: neutralAt(0),
  parallel_tool_calls: neutralAt(true),
  response_format: neutralFormat,
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
      user,
      ...others
    } = withoutEmptyTools(withoutNulls(rest));
    // An identifier for the caller's own records; the answer is the same without it.
    if (user !== undefined) adjustments.push({ field: "user", to: "user=removed", rule: "dialect" });
    const fields = onlyKnown(withoutMissing(others, MISSING, request.model), ROOT_KEYS, request.model);
    // The published schema knows thinking that is enabled, and its absence.
    if ((fields.thinking as { type?: unknown } | undefined)?.type === "disabled") delete fields.thinking;
    checkRanges(fields, { temperature: { most: 1 } }, request.model);

    const known = keepKnownKeys(request.messages, CLAUDE_KEYS, request.model, adjustments);
    const { system, messages } = toClaudeMessages(known, request.model, adjustments);
    const maxTokens = limits.maxOutputTokens ?? DEFAULT_MAX_TOKENS + thinkingTokens(fields.thinking);
    const body: JsonObject = { ...fields, messages, max_tokens: maxTokens };
    const instructions = [ownSystem, system].filter((text) => text !== undefined).map(systemText);
    if (instructions.some((text) => text !== "")) body.system = instructions.filter(Boolean).join("\n\n");
    const stops = stop ?? ownStops;
    if (stops !== undefined) body.stop_sequences = Array.isArray(stops) ? stops : [stops];
    if (tools !== undefined) {
      body.tools = closeTools(describeTools(tools, adjustments), request.model, adjustments).map(toClaudeTool);
    }
    if (choice !== undefined) body.tool_choice = toToolChoice(choice, request.model);
    if (stream) body.stream = true;
    return { body, adjustments };
  },
  readAnswer: (answer) => withOpenAIReasons(answer),
  readStream: chunkByChunk(withOpenAIReasons),
};

function toClaudeTool({
  function: { name, description, parameters },
}: ReturnType<typeof describeTools>[number]): JsonObject {
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

/** The published schema takes a text, Anthropic's own a list of text blocks as well. */
function systemText(system: unknown): string {
  if (!Array.isArray(system)) return textOf(system);
  return system.map((block) => textOf((block as { text?: unknown } | null)?.text ?? "")).join("\n\n");
}

/** @throws FatalUpstreamError `invalid_request`: an object has a text only if it has a way to one */
function textOf(value: unknown): string {
  if (typeof value !== "object") return String(value);
  throw new FatalUpstreamError("invalid_request", '"system" must be a text, or a list of text blocks.', {
    param: "system",
  });
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
  const isForeign = (choice: Answer["choices"][number] | null): boolean =>
    typeof choice?.finish_reason === "string" && Object.hasOwn(REASONS, choice.finish_reason);
  if (!Array.isArray(answer.choices) || !answer.choices.some(isForeign)) return answer;
  const choices = answer.choices.map((choice) =>
    isForeign(choice) ? { ...choice, finish_reason: REASONS[choice.finish_reason ?? ""] ?? null } : choice,
  );
  return { ...answer, choices };
}
