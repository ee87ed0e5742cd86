import { type AskedHead, type Refusal, refusalResponse } from "@laplas/core";

/** What the gateway itself refuses, before the engine sees anything of it. */
export type GateReason =
  | "stopping"
  | "target"
  | "host"
  | "origin"
  | "token"
  | "guesses"
  | "body"
  | "full"
  | "coding"
  | "encoded";

const REFUSALS: Readonly<Record<GateReason, Refusal & { readonly headers?: Readonly<Record<string, string>> }>> = {
  stopping: {
    status: 503,
    type: "api_error",
    code: "gateway_stopping",
    message: "The gateway is being stopped. Ask again in a moment.",
    retryAfterSeconds: 2,
    headers: { "x-should-retry": "true", connection: "close" },
  },
  target: {
    status: 400,
    code: "invalid_target",
    message: "The request's address makes no sense here. Give a path, and a plain name with or without a port as host.",
  },
  host: {
    status: 403,
    code: "host_not_allowed",
    message:
      'This gateway does not go by the name in "Host". If it should, add the name to option "allowedHosts" (LAPLAS_ALLOWED_HOSTS).',
  },
  origin: {
    status: 403,
    code: "origin_not_allowed",
    message:
      'Web pages of this origin may not call the gateway. If this one should, add it to option "allowedOrigins" (LAPLAS_ALLOWED_ORIGINS).',
  },
  token: {
    status: 401,
    type: "authentication_error",
    code: "invalid_api_key",
    message:
      "The gateway takes calls with the token of one of its clients only, as Authorization: Bearer <token> or x-api-key: <token>.",
    retryAfterSeconds: 300,
  },
  guesses: {
    status: 429,
    type: "rate_limit_error",
    code: "too_many_wrong_tokens",
    message: "Too many wrong tokens were shown from this address. Ask again in a moment.",
    retryAfterSeconds: 5,
    headers: { "x-should-retry": "true" },
  },
  body: {
    status: 413,
    code: "body_over_limit",
    message: 'The body has more bytes than the gateway takes. Send less, or raise option "maxBodyBytes".',
    // What is still to come of it is not read.
    headers: { connection: "close" },
  },
  full: {
    // Not 429: that is an account's limit, and routers let a deployment cool down for it.
    status: 503,
    type: "api_error",
    code: "bodies_over_limit",
    message: "The gateway holds as many bytes of other requests as it may. Send this one again in a moment.",
    retryAfterSeconds: 2,
    headers: { "x-should-retry": "true", connection: "close" },
  },
  coding: {
    status: 415,
    code: "unsupported_encoding",
    message: 'The body\'s "Content-Encoding" is not supported. Send it as gzip, as deflate, or without one.',
    headers: { "accept-encoding": "gzip, deflate", connection: "close" },
  },
  encoded: {
    status: 400,
    code: "invalid_encoding",
    message: 'The body is not what its "Content-Encoding" says: it is damaged, cut, or encoded in another way.',
    headers: { connection: "close" },
  },
};

/** The answer for a request that does not get in. @param request whose client reads it in its protocol's shape. @default OpenAI's */
export function refuse(reason: GateReason, request?: AskedHead): Response {
  const { headers = {}, ...refusal } = REFUSALS[reason];
  const response = refusalResponse(refusal, { requestId: crypto.randomUUID(), request });
  for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
  return response;
}
