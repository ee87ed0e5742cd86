import type {
  ChatCompletion,
  ChatCompletionChunk,
  EmbeddingList,
  ImageList,
  JsonObject,
} from "../request/wire-types.js";
import type { CallContext } from "./call-context.js";
import { createChatJob } from "./chat-job.js";
import { createListJob } from "./list-job.js";
import type { PreparedCall, RequestBody } from "./prepared-call.js";

/** One request of a call. */
export interface Part {
  readonly plan: PreparedCall;
  readonly body: RequestBody;
  /** Whether the call has had its turn: its further requests don't stand behind calls that have not begun. */
  readonly isFurther: boolean;
}

/**
 * What a call asks of the upstream, request by request, and how what comes is one answer: the images of a set, texts in batches, several
 * choices or prompts, and the rest of an answer that was cut. The one place that decides what comes next.
 */
export interface Job {
  /** The next request; `undefined` where nothing is missing. */
  next(): Part | undefined;
  /** Takes the answer to the request that was given last. @throws FatalUpstreamError `unexpected_response` */
  take(answer: JsonObject): void;
  /** Takes its failure. @returns what the call fails with; `undefined` where what there is is an answer */
  failed(error: unknown): unknown;
  /** All that was taken as the one answer that was asked for. @throws FatalUpstreamError `unexpected_response` */
  answer(): ChatCompletion | EmbeddingList | ImageList;
}

/** A chat's, which can come as a stream: the chain of its requests' streams. */
export interface ChatJob extends Job {
  answer(): ChatCompletion;
  /** Whether it is one request, whatever comes. */
  readonly isOne: boolean;
  /** Whether the request that was given last goes on with an answer that has begun. */
  readonly isGoingOn: boolean;
  /** An event of that request, as the caller reads it: the same object where nothing changes, `undefined` where nothing is left of it. */
  read(chunk: ChatCompletionChunk): ChatCompletionChunk | undefined;
  /** Hears that its stream has ended, and is settled. @param usage its last chunk, with nothing but usage; `undefined` where nothing came */
  ended(usage: () => ChatCompletionChunk | undefined): void;
  /** What the caller gets between the streams of two requests, and at the end of all: asked for after each {@link next}. */
  ready(): readonly ChatCompletionChunk[];
}

/** The job of a call, or of several chats whose choices are one answer's. @param plans at least one */
export function createJob(context: CallContext, plans: readonly [PreparedCall, ...PreparedCall[]]): Job {
  return plans[0].request.endpoint === "chat" ? createChatJob(context, plans) : createListJob(context, plans[0]);
}
