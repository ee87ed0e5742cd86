import type { StreamForm } from "../call/answer-stream.js";
import type { Endpoint } from "../request/read-request.js";
import type { ChatCompletion, ChatCompletionChunk, EmbeddingList, ImageList } from "../request/wire-types.js";

/** One event of a stream: the chunk, or its text as the server wrote it. */
export type StreamItem = ChatCompletionChunk | string;

/** What clients speak: their requests in the engine's words, and its answers in theirs. One file each. */
export interface ClientProtocol {
  /** What a path asks for; `undefined` for a path of another protocol. @param path without a slash at its end */
  match(path: string): Endpoint | undefined;
  /**
   * The engine's requests that a body comes to, at least one. Several are chats, sent in turn, whose choices are numbered in order.
   *
   * @throws FatalUpstreamError `invalid_request` naming the client's field
   */
  read(body: unknown): readonly unknown[];
  whole(answer: ChatCompletion | EmbeddingList | ImageList): object;
  /** What {@link events} reads of a stream. */
  readonly form: StreamForm<StreamItem>;
  /** The data of the stream's events. */
  events(items: AsyncIterable<StreamItem>): AsyncIterable<string>;
}
