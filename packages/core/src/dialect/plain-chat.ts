import type { Adjustment } from "../request/adjustment.js";
import type { ChatMessage, ContentPart, JsonObject } from "../request/wire-types.js";
import type { ChatDialect } from "./dialect.js";
import { keepKnownKeys } from "./openai-messages.js";
import {
  checkMost,
  type MissingFields,
  NEVER_NEUTRAL,
  neutralAt,
  neutralFormat,
  withoutMissing,
  withoutNulls,
} from "./root-fields.js";
import { describeTools, withoutStrict } from "./tools.js";

/** How one of the plainer OpenAI-shaped families differs from the full shape. */
interface Family {
  readonly missing: MissingFields;
  readonly mostTemperature: number;
  /** Whether a stream can be asked for its usage. */
  readonly streamOptions: boolean;
  /** Whether a tool may hold nothing but name, description and parameters. */
  readonly closedTools: boolean;
}

const NO_REASONING: MissingFields = { reasoning_effort: NEVER_NEUTRAL };
const NO_CHOICES: MissingFields = {
  n: neutralAt(1),
  seed: NEVER_NEUTRAL,
  logprobs: neutralAt(false),
  top_logprobs: neutralAt(0),
};

/** Llama, Qwen2 and QwQ, Mistral-7B, Mixtral, gemma-2 and others. */
export const togetherChat: ChatDialect = plainChat({
  missing: NO_REASONING,
  mostTemperature: 2,
  streamOptions: true,
  closedTools: false,
});

/** MiniMax-Text-01 and abab6.5s-chat. */
export const minimaxChat: ChatDialect = plainChat({
  missing: { ...NO_REASONING, ...NO_CHOICES },
  mostTemperature: 1,
  streamOptions: false,
  closedTools: false,
});

/** All gemini models. */
export const geminiChat: ChatDialect = plainChat({
  missing: { ...NO_REASONING, ...NO_CHOICES, response_format: neutralFormat },
  mostTemperature: 2,
  streamOptions: false,
  closedTools: true,
});

/** OpenAI's shape without the developer role and `max_completion_tokens`, with a description on every tool. */
function plainChat({ missing, mostTemperature, streamOptions, closedTools }: Family): ChatDialect {
  return {
    adaptRequest({ request, limits, stream }) {
      const adjustments: Adjustment[] = [];
      const { max_tokens: _, max_completion_tokens: __, stream: ___, stream_options: ____, ...rest } = request.body;
      const fields = withoutMissing(withoutNulls(rest), missing, request.model);
      checkMost(fields, "temperature", mostTemperature, request.model);
      const known = keepKnownKeys(request.messages, request.model, adjustments);
      const body: JsonObject = { ...fields, messages: plainMessages(known, adjustments) };
      if (fields.tools !== undefined) {
        const tools = describeTools(fields.tools, adjustments);
        body.tools = closedTools ? withoutStrict(tools, adjustments) : tools;
      }
      if (limits.maxOutputTokens !== undefined) body.max_tokens = limits.maxOutputTokens;
      if (stream) body.stream = true;
      if (stream && streamOptions) body.stream_options = { include_usage: true };
      return { body, adjustments };
    },
    readAnswer: (answer) => answer,
    readChunk: (chunk) => chunk,
  };
}

/**
 * No developer role, no `null` content, and no parts in a tool's result: an assistant that only calls tools says nothing,
 * which is the empty text, and a result of text parts is their text.
 */
function plainMessages(messages: readonly ChatMessage[], adjustments: Adjustment[]): readonly ChatMessage[] {
  if (messages.some(({ role }) => role === "developer")) {
    adjustments.push({ field: "messages", to: "messages=developer_as_system", rule: "dialect" });
  }
  return messages.map((message) => {
    if (message.role === "developer") return { ...message, role: "system" };
    if (message.role === "assistant" && isSilent(message.content)) return { ...message, content: "" };
    if (message.role === "tool" && Array.isArray(message.content))
      return { ...message, content: joinText(message.content) };
    return message;
  });
}

function isSilent(content: ChatMessage["content"]): boolean {
  return content === null || content === undefined;
}

/** Parts that are no text stay as they are: the server says what it makes of them. */
function joinText(parts: readonly ContentPart[]): string | readonly ContentPart[] {
  return parts.every((part) => part.type === "text") ? parts.map(({ text }) => text ?? "").join("\n") : parts;
}
