import type { WindowLeft } from "../account/remaining.js";
import type { CallReport } from "../call/report.js";
import type { StreamForm } from "../call/stream-form.js";
import type { WireError } from "../errors/wire-error.js";
import type { Adjustment } from "../request/adjustment.js";
import type { Endpoint } from "../request/read-request.js";
import type { ChatCompletion, ChatCompletionChunk, EmbeddingList, ImageList } from "../request/wire-types.js";
import type { ItemMemory } from "./responses/item-memory.js";

/** One event of an answer's stream: the chunk, or its text as the server wrote it. */
export type StreamItem = ChatCompletionChunk | string;

/** One event for the client: its data, with a name where the protocol names its events. */
export type ClientEvent = string | { readonly name: string; readonly data: string };

/** What clients speak: their requests in the engine's words, and its answers in theirs. */
export interface ClientProtocol {
  /** What a path asks for; `undefined` for a path of another protocol. @param path without a slash at its end */
  match(path: string): Endpoint | "count" | undefined;
  /**
   * Whether its clients retry after an error within a stream, at full cost: then the response head waits for the first event, so that an
   * earlier failure is an error response.
   */
  readonly holdsHead?: true;
  /** @throws FatalUpstreamError `invalid_request` naming the client's field */
  read(body: unknown, caller: Caller): ClientCall;
  /** The answer at a path that asks to `count`: from the body alone, without a call. @throws FatalUpstreamError `invalid_request` */
  count?(body: unknown): object;
  /** Headers of its own, beside ours. */
  headers?(facts: AnswerFacts): Readonly<Record<string, string>>;
  /** An error in the protocol's own shape, from the form that OpenAI's clients get. */
  error(error: WireError): ClientAnswer;
}

/** What a protocol may know beside a request's body. */
export interface Caller {
  readonly headers: Headers;
  /** Items of the engine's earlier answers. */
  readonly items: ItemMemory;
  readonly now: () => number;
}

/** What is known beside any answer. */
export interface AnswerFacts {
  readonly requestId: string | undefined;
  readonly windows: readonly WindowLeft[];
}

/** An answer over HTTP. */
export interface ClientAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: object;
}

/** One request of a client, and how its answer is written: what both have in common is known here. */
export interface ClientCall {
  /** The engine's requests that it comes to, at least one. Several are chats, sent in turn, whose choices are numbered in order. */
  readonly bodies: readonly unknown[];
  /** What became of the request on the way into the engine's words. */
  readonly adjusted: readonly Adjustment[];
  whole(answer: ChatCompletion | EmbeddingList | ImageList, report: CallReport): object;
  /** What {@link events} reads of a stream. */
  readonly form: StreamForm<StreamItem>;
  /** @param items what they throw, this throws */
  events(items: AsyncIterable<StreamItem>): AsyncIterable<ClientEvent>;
  /** The last event of a stream that is whole, where the protocol has one of its own. */
  readonly end?: ClientEvent;
  /** The event by which a stream that has begun says that it broke; nothing follows it. */
  broken(error: WireError): ClientEvent;
  /** An error with the client's names for what the engine calls otherwise. */
  rename?(error: WireError): WireError;
}
