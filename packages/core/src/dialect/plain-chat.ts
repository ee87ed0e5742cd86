import type { Adjustment } from "../request/adjustment.js";
import type { ChatMessage, JsonObject } from "../request/wire-types.js";
import { type ChatDialect, chunkByChunk } from "./dialect.js";
import { conformContent, PLAIN_CONTENT } from "./message-content.js";
import { keepKnownKeys, PLAIN_KEYS } from "./message-keys.js";
import {
  checkRanges,
  type MissingFields,
  NEVER_NEUTRAL,
  type NumberRange,
  neutralAt,
  neutralFormat,
  withoutEmptyTools,
  withoutMissing,
  withoutNulls,
} from "./root-fields.js";
import { closeTools, describeTools } from "./tools.js";

/** How one of the plainer OpenAI-shaped families differs from the full shape. */
interface Family {
  readonly missing: MissingFields;
  readonly ranges: Readonly<Record<string, NumberRange>>;
  /** Whether a stream can be asked for its usage. */
  readonly streamOptions: boolean;
  /** Whether a tool may hold nothing but name, description and parameters. */
  readonly closedTools: boolean;
}

/** Their roots are open, so the server may overlook these: what was asked for would silently not be done. */
const NO_REASONING: MissingFields = {
  reasoning_effort: NEVER_NEUTRAL,
  parallel_tool_calls: neutralAt(true),
  top_logprobs: neutralAt(0),
};
const NO_CHOICES: MissingFields = {
  n: neutralAt(1),
  seed: NEVER_NEUTRAL,
  logprobs: neutralAt(false),
};

/** Llama, Qwen2 and QwQ, Mistral-7B, Mixtral, gemma-2 and others. */
export const togetherChat: ChatDialect = plainChat({
  missing: NO_REASONING,
  ranges: { top_p: { least: 0.01 }, n: { whole: true, most: 128 }, seed: { least: 1, whole: true } },
  streamOptions: true,
  closedTools: false,
});

/** MiniMax-Text-01 and abab6.5s-chat. */
export const minimaxChat: ChatDialect = plainChat({
  missing: { ...NO_REASONING, ...NO_CHOICES, frequency_penalty: neutralAt(0), presence_penalty: neutralAt(0) },
  ranges: { temperature: { most: 1 }, top_p: { least: 0.01 } },
  streamOptions: false,
  closedTools: false,
});

/** All gemini models. */
export const geminiChat: ChatDialect = plainChat({
  missing: { ...NO_REASONING, ...NO_CHOICES, response_format: neutralFormat },
  ranges: { top_p: { least: 0.1 } },
  streamOptions: false,
  closedTools: true,
});

/** OpenAI's shape without the developer role and `max_completion_tokens`, with a description on every tool. */
function plainChat({ missing, ranges, streamOptions, closedTools }: Family): ChatDialect {
  return {
    adaptRequest({ request, limits, stream }) {
      const adjustments: Adjustment[] = [];
      const { max_tokens: _, max_completion_tokens: __, stream: ___, stream_options: ____, ...rest } = request.body;
      const fields = withoutMissing(withoutEmptyTools(withoutNulls(rest)), missing, request.model);
      checkRanges(fields, ranges, request.model);
      const known = keepKnownKeys(request.messages, PLAIN_KEYS, request.model, adjustments);
      const messages = conformContent(toSystem(known, adjustments), PLAIN_CONTENT, request.model, adjustments);
      const body: JsonObject = { ...fields, messages };
      if (fields.tools !== undefined) {
        const tools = describeTools(fields.tools, adjustments);
        body.tools = closedTools ? closeTools(tools, request.model, adjustments) : tools;
      }
      if (limits.maxOutputTokens !== undefined) body.max_tokens = limits.maxOutputTokens;
      if (stream) body.stream = true;
      if (stream && streamOptions) body.stream_options = { include_usage: true };
      return { body, adjustments };
    },
    readAnswer: (answer) => answer,
    readStream: chunkByChunk((chunk) => chunk),
  };
}

/** The developer role is newer than these shapes, and means the same. */
function toSystem(messages: readonly ChatMessage[], adjustments: Adjustment[]): readonly ChatMessage[] {
  if (!messages.some(({ role }) => role === "developer")) return messages;
  adjustments.push({ field: "messages", to: "messages=developer_as_system", rule: "dialect" });
  return messages.map((message) => (message.role === "developer" ? { ...message, role: "system" } : message));
}
