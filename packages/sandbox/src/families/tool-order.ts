import type { OpenAIMessage } from "./openai-messages.js";

/**
 * OpenAI refuses a conversation in which calls and results don't belong together, in these words. Clients that trim a
 * history meet it.
 */
export function toolOrderFault(messages: readonly OpenAIMessage[]): string | undefined {
  let open = new Set<string>();
  for (const message of messages) {
    if (message.role === "tool") {
      if (open.delete(message.tool_call_id ?? "")) continue;
      return "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.";
    }
    if (open.size > 0) return unanswered(open);
    if (message.role === "assistant") open = new Set((message.tool_calls ?? []).map((call) => call.id));
  }
  return open.size > 0 ? unanswered(open) : undefined;
}

function unanswered(ids: ReadonlySet<string>): string {
  return `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: ${[...ids].join(", ")}`;
}
