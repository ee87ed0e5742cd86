import type { JsonObject } from "../../request/wire-types.js";
import { invalid, isSet } from "./invalid.js";

const SEND_ALL = 'Answers are not stored here: send the whole conversation in "input".';

/** What is kept, said where a client asks for more. */
const NOT_SERVED: Readonly<Record<string, string>> = {
  previous_response_id: `No earlier response can be continued by its id. ${SEND_ALL}`,
  conversation: `There are no stored conversations. ${SEND_ALL}`,
  prompt: "There are no stored prompts: send the text itself as instructions and input.",
  background: "Nothing runs in the background: leave it out, and wait for the answer or stream it.",
  top_logprobs: "Probabilities of tokens are given at /chat/completions only.",
  messages: 'It is the word of chats: send "input", or ask at /chat/completions.',
  response_format: 'It is the word of chats: send "text.format", or ask at /chat/completions.',
  functions: 'It is the word of chats: send "tools", or ask at /chat/completions.',
  n: "A response is one answer: leave it out, or ask at /chat/completions.",
};

/** Whether a value asks for nothing. */
function isNeutral(field: string, value: unknown): boolean {
  if (!isSet(value) || value === false || value === "") return true;
  return (field === "top_logprobs" && value === 0) || (field === "n" && value === 1);
}

/** @throws FatalUpstreamError `invalid_request` for a field without which something else would be answered */
export function refuseFields(body: JsonObject): void {
  for (const [field, instead] of Object.entries(NOT_SERVED)) {
    if (!isNeutral(field, body[field])) throw invalid(`"${field}" can't be served. ${instead}`, field);
  }
}
