import type { OpenAIMessage } from "./openai-messages.js";

/**
 * OpenAI refuses a conversation in which calls and results don't belong together, in these words. Clients that trim a
 * history, or whose user stopped an agent, meet it.
 */
export function toolOrderFault(messages: readonly OpenAIMessage[]): string | undefined {
  let open = new Set<string>();
  let calls: string[] = [];
  for (const [index, message] of messages.entries()) {
    if (message.role === "tool") {
      const id = message.tool_call_id ?? "";
      if (open.delete(id)) continue;
      if (calls.includes(id)) return duplicate(id, index);
      return "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.";
    }
    if (open.size > 0) return unanswered(open);
    calls = (message.tool_calls ?? []).map((call) => call.id);
    open = new Set(calls);
    const repeated = calls.find((id, at) => calls.indexOf(id) !== at);
    if (repeated !== undefined) return duplicate(repeated, index);
  }
  return open.size > 0 ? unanswered(open) : undefined;
}

function duplicate(id: string, index: number): string {
  return `Invalid parameter: Duplicate value for 'tool_call_id' of '${id}' in message[${index}].`;
}

function unanswered(ids: ReadonlySet<string>): string {
  return `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: ${[...ids].join(", ")}`;
}
