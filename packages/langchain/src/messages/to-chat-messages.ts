import { AIMessage, type BaseMessage, ChatMessage as GenericMessage, ToolMessage } from "@langchain/core/messages";
import type { ChatMessage, ContentPart, ToolCall } from "@laplas/core";
import { isTextPart, toContentPart } from "./content-parts.js";
import { pairCalls } from "./pair-calls.js";

/** LangChain's messages in OpenAI's shape. Only fields that every request family knows are written: upstream, message objects are strict. */
export function toChatMessages(messages: readonly BaseMessage[]): ChatMessage[] {
  return pairCalls(messages).map(toChatMessage);
}

function toChatMessage(message: BaseMessage): ChatMessage {
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
      return assistantMessage(message, parts);
    case "tool":
      return {
        role: "tool",
        tool_call_id: ToolMessage.isInstance(message) ? message.tool_call_id : "",
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

function assistantMessage(message: BaseMessage, parts: readonly ContentPart[]): ChatMessage {
  const calls = AIMessage.isInstance(message) ? (message.tool_calls ?? []) : [];
  const toolCalls = calls.map(
    (call): ToolCall => ({
      id: call.id ?? "",
      type: "function",
      function: { name: call.name, arguments: JSON.stringify(call.args ?? {}) },
    }),
  );
  return {
    role: "assistant",
    content: textOrParts(parts),
    ...(toolCalls.length > 0 ? { tool_calls: toolCalls } : {}),
  };
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
