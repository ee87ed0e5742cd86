import type { Endpoint } from "../request/read-request.js";
import { anthropicMessages } from "./anthropic-messages.js";
import { openaiChat } from "./openai-chat.js";
import { openaiCompletions } from "./openai-completions.js";
import { openaiResponses } from "./openai-responses.js";
import type { ClientProtocol } from "./protocol.js";

/** The first that matches counts: every path of chat completions ends like one of completions. */
const PROTOCOLS: readonly ClientProtocol[] = [openaiChat, openaiCompletions, openaiResponses, anthropicMessages];

/** The protocol that serves a path, and what it asks for. */
export function findProtocol(path: string): { protocol: ClientProtocol; endpoint: Endpoint | "count" } | undefined {
  for (const protocol of PROTOCOLS) {
    const endpoint = protocol.match(path);
    if (endpoint !== undefined) return { protocol, endpoint };
  }
  return undefined;
}

/**
 * The protocol in whose shape a client reads errors: that of the path, else the one that its headers speak of. `undefined` for OpenAI's.
 *
 * @param path without a slash at its end
 */
export function findErrorForm(path: string, headers: Headers): ClientProtocol | undefined {
  return findProtocol(path)?.protocol ?? (headers.has("anthropic-version") ? anthropicMessages : undefined);
}
