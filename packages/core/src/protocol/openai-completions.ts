import type { ChatAnswerMessage, ChatCompletion, ChatCompletionChunk, ChatDelta } from "../request/wire-types.js";
import { expandEvents } from "./expand-events.js";
import type { ClientCall, ClientProtocol, StreamItem } from "./protocol.js";
import { readPrompts } from "./read-prompts.js";

/**
 * OpenAI's legacy completions, of chat models: each prompt is a chat of one user message. OpenAI ends an answer after 16 tokens where
 * the client sets no `max_tokens`; nobody wants that of a chat model, so here it may be as long as a chat's.
 */
export const openaiCompletions: ClientProtocol = {
  match: (path) => (path.endsWith("/completions") ? "chat" : undefined),
  read: (body) => ({ ...AS_COMPLETION, bodies: readPrompts(body) }),
  error: (error) => error,
};

/** What is the same for every call, beside its chats. */
const AS_COMPLETION: Omit<ClientCall, "bodies"> = {
  adjusted: [],
  whole(answer) {
    const { id, choices, object: _, ...rest } = answer as ChatCompletion;
    return {
      ...rest,
      id: completionId(id),
      object: "text_completion",
      choices: choices.map(({ index, message, finish_reason: reason }) => toChoice(index, message, reason)),
    };
  },
  form: (chunk) => chunk,
  events(items) {
    // One answer has one id, date and model, of however many chats it is made.
    let head: { id: string; created: number; model: string } | undefined;
    const write = (item: StreamItem): string[] => {
      const chunk = typeof item === "string" ? (JSON.parse(item) as ChatCompletionChunk) : item;
      const { id, created, model, choices, usage, object: _, ...rest } = chunk;
      head ??= { id: completionId(id), created, model };
      const texts = choices
        .map(({ index, delta, finish_reason: reason }) => toChoice(index, delta, reason))
        .filter(({ text, finish_reason: reason }) => text !== "" || reason !== null);
      // The role alone, or a thought.
      if (texts.length === 0 && choices.length > 0) return [];
      const told = usage === undefined ? {} : { usage };
      return [JSON.stringify({ ...rest, ...head, object: "text_completion", choices: texts, ...told })];
    };
    return expandEvents(items, { begin: () => [], read: write, end: () => [] });
  },
  end: "[DONE]",
  broken: ({ body }) => JSON.stringify(body),
};

/** What a choice says, in the words of completions. */
interface TextChoice {
  readonly text: string;
  readonly index: number;
  readonly logprobs: null;
  readonly finish_reason: string | null;
}

function toChoice(index: number, said: ChatAnswerMessage | ChatDelta, reason: string | null | undefined): TextChoice {
  const refusal = typeof said.refusal === "string" ? said.refusal : "";
  return { text: said.content || refusal, index, logprobs: null, finish_reason: reason ?? null };
}

function completionId(id: string): string {
  return `cmpl-${(typeof id === "string" ? id : "").replace(/^(chat)?cmpl-/, "")}`;
}
