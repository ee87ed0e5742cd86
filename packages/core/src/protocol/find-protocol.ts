import type { Endpoint } from "../request/read-request.js";
import { openaiChat } from "./openai-chat.js";
import { openaiCompletions } from "./openai-completions.js";
import { openaiResponses } from "./openai-responses.js";
import type { ClientProtocol } from "./protocol.js";

/** The first that matches counts: every path of chat completions ends like one of completions. */
const PROTOCOLS: readonly ClientProtocol[] = [openaiChat, openaiCompletions, openaiResponses];

/** The protocol that serves a path, and what it asks for. */
export function findProtocol(path: string): { protocol: ClientProtocol; endpoint: Endpoint } | undefined {
  for (const protocol of PROTOCOLS) {
    const endpoint = protocol.match(path);
    if (endpoint !== undefined) return { protocol, endpoint };
  }
  return undefined;
}
