import { isObject } from "../dialect/field-values.js";
import type { ChatCompletion } from "../request/wire-types.js";
import { expandEvents } from "./expand-events.js";
import { countTokens, estimateInput } from "./messages/count-tokens.js";
import { toMessageError } from "./messages/message-error.js";
import { createMessageWriter, messageEvent } from "./messages/message-events.js";
import { messageHeaders } from "./messages/message-headers.js";
import { readMessagesRequest } from "./messages/read-messages-request.js";
import { renameError } from "./messages/rename-error.js";
import { writeMessage } from "./messages/write-message.js";
import { openaiChat } from "./openai-chat.js";
import type { ClientCall, ClientProtocol } from "./protocol.js";

/** Anthropic's Messages API, of every chat model (platform.claude.com/docs/en/api/messages, November 2026). */
export const anthropicMessages: ClientProtocol = {
  holdsHead: true,
  match(path) {
    // A thread of the Assistants API has messages of its own.
    if (path.includes("/threads/")) return undefined;
    if (path.endsWith("/messages")) return "chat";
    return path.endsWith("/messages/count_tokens") ? "count" : undefined;
  },
  count: countTokens,
  headers: messageHeaders,
  read(given, caller): ClientCall {
    // What is no object is refused like any other.
    if (!isObject(given)) return { ...openaiChat.read(given, caller), broken };
    const request = readMessagesRequest(given);
    const { body, adjusted, names, wantsThoughts } = request;
    return {
      bodies: [body],
      adjusted,
      whole: (answer) => writeMessage(answer as ChatCompletion, { names, wantsThoughts }),
      form: (chunk) => chunk,
      events: (items) =>
        expandEvents(items, createMessageWriter({ names, wantsThoughts, inputTokens: () => estimateInput(body) })),
      broken,
      rename: (error) => renameError(error, request),
    };
  },
  error: toMessageError,
};

const broken: ClientCall["broken"] = (error) => {
  const { body } = toMessageError(error);
  return messageEvent(body as { type: string });
};
