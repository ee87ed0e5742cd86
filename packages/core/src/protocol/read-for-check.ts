import type { LaplasError } from "../errors/laplas-error.js";
import type { WireError } from "../errors/wire-error.js";
import type { Adjustment } from "../request/adjustment.js";
import type { Endpoint } from "../request/read-request.js";
import { anthropicMessages } from "./anthropic-messages.js";
import { openaiResponses } from "./openai-responses.js";
import type { Caller, ClientProtocol } from "./protocol.js";

/** The protocol of a request that is not a chat completion, an embedding or an image. */
export type ProtocolName = "responses" | "messages";

const PROTOCOLS: Readonly<Record<ProtocolName, ClientProtocol>> = {
  responses: openaiResponses,
  messages: anthropicMessages,
};

/** A request in the engine's words, and its errors in the client's. */
export interface ReadForCheck {
  readonly endpoint: Endpoint;
  readonly body: unknown;
  readonly adjusted: readonly Adjustment[];
  /** An error's message and param with the client's names. */
  wordsOf(error: Pick<LaplasError, "message" | "param">): { readonly message: string; readonly param?: string };
}

/** Reads a request as the protocol's own path does. @throws FatalUpstreamError `invalid_request` naming the client's field */
export function readForCheck(name: ProtocolName, given: unknown, caller: Caller): ReadForCheck {
  const call = PROTOCOLS[name].read(given, caller);
  return {
    endpoint: "chat",
    body: call.bodies[0],
    adjusted: call.adjusted,
    wordsOf({ message, param = null }) {
      const error = { message, type: "invalid_request_error", param, code: "" };
      const wire: WireError = { status: 400, headers: {}, body: { error } };
      const named = (call.rename?.(wire) ?? wire).body.error;
      return { message: named.message, ...(named.param === null ? {} : { param: named.param }) };
    },
  };
}

/** Whether a text is the name of such a protocol. */
export function isProtocolName(name: string): name is ProtocolName {
  return Object.hasOwn(PROTOCOLS, name);
}
