import { randomUUID } from "node:crypto";
import type { ToolCall } from "./chat-request.js";
import { type ChatUsage, usageFields } from "./chat-usage.js";
import type { FinishedAnswer } from "./cut-answer.js";

/** All that a `chat.completion` or its chunks are written from. */
export interface Completion {
  answer: FinishedAnswer;
  usage: ChatUsage;
  usageShape: "usage" | "meta";
  choices: number;
  /** Whether a message without calls has an empty list of them. */
  emptyToolCalls: boolean;
  /** Seconds since 1970. */
  created: number;
  model: string;
  /** Further fields of the answer and of each of its chunks. */
  fields?: object | undefined;
}

export function completionId(): string {
  return `chatcmpl-${randomUUID()}`;
}

/** A tool call as OpenAI writes it. */
export function toolCallBody(call: ToolCall): object {
  return { id: call.id, type: "function", function: { name: call.name, arguments: call.arguments }, ...call.extra };
}

/** The body of an answer that is not streamed. */
export function completionBody(completion: Completion): string {
  const { answer } = completion;
  const message = {
    role: "assistant",
    content: answer.toolCalls.length > 0 && answer.content === "" ? null : answer.content,
    refusal: null,
    ...(answer.reasoning === "" ? {} : { reasoning_content: answer.reasoning }),
    ...(answer.toolCalls.length > 0 || completion.emptyToolCalls
      ? { tool_calls: answer.toolCalls.map(toolCallBody) }
      : {}),
  };
  return JSON.stringify({
    id: completionId(),
    object: "chat.completion",
    created: completion.created,
    model: completion.model,
    choices: Array.from({ length: completion.choices }, (_, index) => ({
      index,
      message,
      logprobs: null,
      finish_reason: answer.finishReason,
    })),
    ...usageFields(completion.usage, completion.usageShape),
    system_fingerprint: "sandbox",
    ...completion.fields,
  });
}
