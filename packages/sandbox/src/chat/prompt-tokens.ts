import { countTokens } from "../text/tokens.js";
import type { ChatRequest } from "./chat-request.js";

const perMessage = 3;
const perRequest = 3;

/** Model tokens of a prompt. "Hello" alone is 8, the count that the published figures come from. */
export function countPromptTokens(request: ChatRequest): number {
  let tokens = perRequest;
  for (const turn of request.turns) {
    tokens += perMessage + countTokens(turn.text);
    for (const call of turn.toolCalls) tokens += countTokens(call.name) + countTokens(call.arguments);
  }
  for (const tool of request.tools) tokens += countTokens(JSON.stringify(tool));
  return tokens;
}
