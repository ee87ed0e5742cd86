import { type BaseMessage, ChatMessage as GenericMessage } from "@langchain/core/messages";
import type { ChatMessage, ContentPart } from "@laplas/core";
import { isTextPart, toContentPart } from "./content-parts.js";
import { type HistoryCalls, type MadeCalls, readHistoryCalls } from "./history-calls.js";

/** LangChain's messages in OpenAI's shape. Only fields that every request family knows are written: upstream, message objects are strict. */
export function toChatMessages(messages: readonly BaseMessage[]): ChatMessage[] {
  const calls = readHistoryCalls(messages);
  return messages.flatMap((message) => {
    const written = toChatMessage(message, calls);
    return [written, ...(calls.made.get(message)?.results ?? [])];
  });
}

function toChatMessage(message: BaseMessage, calls: HistoryCalls): ChatMessage {
  const parts = contentParts(message);
  switch (message.type) {
    case "human":
      return { role: "user", content: wholeOrParts(parts), ...named(message) };
    case "system":
      // How LangChain marks a developer message, for which it has no class.
      return {
        role: message.additional_kwargs.__openai_role__ === "developer" ? "developer" : "system",
        content: wholeOrParts(parts),
        ...named(message),
      };
    case "ai":
      return assistantMessage(parts, calls.made.get(message));
    case "tool":
      return {
        role: "tool",
        tool_call_id: calls.answered.get(message) ?? "",
        content: textOrParts(parts),
      };
    case "function":
      return { role: "function", name: message.name ?? "", content: textOrParts(parts) };
    default: {
      const role = GenericMessage.isInstance(message) ? message.role : message.type;
      return { role, content: wholeOrParts(parts), ...named(message) };
    }
  }
}

/** Names of people and prompts matter to the model; an agent writes its own name into every answer, which families refuse. */
function named(message: BaseMessage): { name?: string } {
  return message.name === undefined || message.name === "" ? {} : { name: message.name };
}

function assistantMessage(parts: readonly ContentPart[], made: MadeCalls | undefined): ChatMessage {
  const content = textOrParts(parts);
  if (made === undefined) return { role: "assistant", content };
  return { role: "assistant", content: content === made.notice ? "" : content, tool_calls: made.calls };
}

function contentParts(message: BaseMessage): ContentPart[] {
  const blocks: readonly unknown[] = typeof message.content === "string" ? [message.content] : (message.content ?? []);
  return blocks.flatMap((block) => toContentPart(block) ?? []);
}

/** What a person or program wrote keeps its parts. */
function wholeOrParts(parts: readonly ContentPart[]): string | readonly ContentPart[] {
  const [first] = parts;
  if (first === undefined) return "";
  return parts.length === 1 && isTextPart(first) ? first.text : parts;
}

/** Answers and results become one text, which every family takes; parts remain only where something else is among them. */
function textOrParts(parts: readonly ContentPart[]): string | readonly ContentPart[] {
  return parts.every(isTextPart) ? parts.map((part) => part.text).join("") : parts;
}
