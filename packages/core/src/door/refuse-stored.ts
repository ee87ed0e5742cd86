import type { Refusal } from "./error-response.js";

/** An answer that was given before, and what clients do with one: `/responses/{id}`, `/responses/{id}/cancel`. */
const STORED = /\/responses\/(?!(compact|input_tokens)$)[^/]+(\/(cancel|input_items))?$/;

/** What clients of Responses ask for beside an answer, and why it isn't here; `undefined` for any other request. */
export function refuseStored(request: Pick<Request, "headers">, path: string): Refusal | undefined {
  if (STORED.test(path)) {
    const message =
      'Responses are not stored, so none can be fetched, cancelled or deleted. They are given once, by POST /v1/responses. Only items are kept, in memory and for an hour, for clients that send them back as "item_reference".';
    return { status: 400, code: "response_not_stored", message };
  }
  // Codex and others try a WebSocket first, and take HTTP at this status (November 2026).
  if (!path.endsWith("/responses") || request.headers.get("upgrade")?.toLowerCase() !== "websocket") return undefined;
  const message = "Responses are given over HTTP here, as an answer or as server-sent events, and over no WebSocket.";
  return { status: 426, code: "websocket_not_supported", message };
}
