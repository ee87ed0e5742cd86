import { FatalUpstreamError } from "../errors/upstream-errors.js";
import type { JsonObject } from "../request/wire-types.js";

/** One request to the upstream. */
export interface UpstreamRequest {
  readonly url: string;
  /** Empty for a provider that takes none: then no `authorization` is sent. */
  readonly apiKey: string;
  /** The provider's own, beside those of every request. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body: Readonly<JsonObject>;
  /**
   * Ends the request at once, body included: with the signal's reason where that is a {@link TransportError}, else as `aborted`.
   * Transports keep no time of their own, since only the reader knows content from signs of a connection.
   */
  readonly signal: AbortSignal;
}

/** An answer whose head has arrived. The body must be read or cancelled. */
export interface UpstreamResponse {
  readonly status: number;
  header(name: string): string | undefined;
  /** The body, piece by piece, decoded as UTF-8. */
  pieces(): AsyncIterable<string>;
  /**
   * The whole body in place of its pieces, cut at about `maxBytes`: a body may be of any length.
   *
   * @param onContent called with each piece that is not blanks alone
   */
  text(maxBytes: number, onContent?: () => void): Promise<string>;
  /** Gives the connection up. */
  cancel(): void;
}

/** Sends requests. Failures are {@link TransportError}; a body that is no JSON is `invalid_request`. */
export interface Transport {
  send(request: UpstreamRequest): Promise<UpstreamResponse>;
  /** Lets the process end although an aborted request is still being read. */
  unref(): void;
  close(): Promise<void>;
}

/** The request failed below HTTP. */
export class TransportError extends Error {
  override readonly name = "TransportError";
  /**
   * `unsent`: no byte reached the server, so it can't have cost anything. `undecodable`: the answer has come, in a compression that
   * can't be undone.
   */
  readonly kind: "unsent" | "broken" | "timeout" | "aborted" | "undecodable";

  constructor(kind: TransportError["kind"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}

/** The failure of a request whose signal has aborted. */
export function givenUp({ reason }: AbortSignal): TransportError {
  return reason instanceof TransportError ? reason : new TransportError("aborted", "the request was given up");
}

/** The body as it is sent. @throws FatalUpstreamError `invalid_request`: in-process callers can hand in what JSON can't say. */
export function toJson(body: Readonly<JsonObject>): string {
  try {
    return JSON.stringify(body);
  } catch (cause) {
    throw new FatalUpstreamError(
      "invalid_request",
      "The request can't be written as JSON. Leave out big integers and objects that hold themselves.",
      { cause },
    );
  }
}

/** Headers of every request. The caller's own headers never get here. */
export function requestHeaders({
  apiKey,
  headers,
}: Pick<UpstreamRequest, "apiKey" | "headers">): Record<string, string> {
  return {
    "user-agent": "laplas-core",
    ...headers,
    ...(apiKey === "" ? {} : { authorization: `Bearer ${apiKey}` }),
    "content-type": "application/json",
    accept: "application/json, text/event-stream",
  };
}
