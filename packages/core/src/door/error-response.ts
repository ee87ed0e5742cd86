import { withoutRetryWords } from "../errors/quote.js";
import type { WireError } from "../errors/wire-error.js";
import { findErrorForm } from "../protocol/find-protocol.js";
import type { ClientAnswer } from "../protocol/protocol.js";
import type { QuotaStatus } from "./quota-status.js";
import { toWireError } from "./wire-error.js";

/** What an error's answer has beside the error. */
export interface ErrorResponseOptions {
  /** Epoch milliseconds that `retry-after` counts from. @default Date.now() */
  readonly now?: number | undefined;
  /** For `x-request-id`, where the upstream gave none. */
  readonly requestId?: string | undefined;
  /** Status of a quota that is used up. 400 is for agents that never stop at a 429. @default 429 */
  readonly quotaStatus?: QuotaStatus | undefined;
  /** Further headers; the error's own win. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** What was asked: the error takes the shape of its protocol. @default OpenAI's */
  readonly request?: AskedHead | undefined;
}

/** The head of a request. */
export interface AskedHead {
  readonly path: string;
  readonly headers: Headers;
}

/** Something about an HTTP request that no call could come of. */
export interface Refusal {
  readonly status: number;
  /** OpenAI's `type`. @default "invalid_request_error" */
  readonly type?: WireError["body"]["error"]["type"];
  /** Lower case, with `_`. */
  readonly code: string;
  /** Words that make LiteLLM and others retry are taken out. */
  readonly message: string;
  /** Whole seconds for `retry-after`. */
  readonly retryAfterSeconds?: number;
}

/**
 * The OpenAI-shaped answer for an error, as `laplas.fetch` gives it: status, `retry-after` in whole seconds, `x-should-retry`,
 * `x-laplas-code` and the body `{error: {message, type, param, code}}`. An error that is not of this package becomes a 500 that
 * tells nothing of the inside.
 */
export function toErrorResponse(error: unknown, options: ErrorResponseOptions = {}): Response {
  return inShape(toWireError(error, options.now ?? Date.now(), options.quotaStatus), options);
}

/** The same for what a server on the engine refuses itself: a path, a token, a host, the size of a body. Never retried. */
export function refusalResponse(refusal: Refusal, options: ErrorResponseOptions = {}): Response {
  const { status, type = "invalid_request_error", code, message, retryAfterSeconds } = refusal;
  const headers = {
    "x-should-retry": "false",
    ...(retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) }),
  };
  return inShape(
    { status, headers, body: { error: { message: withoutRetryWords(message), type, param: null, code } } },
    options,
  );
}

/** An error in the shape that its client reads. */
function inShape(error: WireError, options: ErrorResponseOptions): Response {
  const { request, requestId, headers } = options;
  const protocol = request && findErrorForm(request.path.replace(/\/+$/, ""), request.headers);
  const own = protocol?.headers?.({ requestId, windows: [] });
  return answerResponse(protocol?.error(error) ?? error, { requestId, headers: { ...own, ...headers } });
}

/** What a protocol answers to an error, with the headers that every answer has. */
export function answerResponse(
  { status, headers: own, body }: ClientAnswer,
  { requestId, headers }: ErrorResponseOptions,
): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: {
      "content-type": "application/json",
      ...(requestId === undefined ? {} : { "x-request-id": requestId }),
      ...headers,
      ...own,
    },
  });
}
