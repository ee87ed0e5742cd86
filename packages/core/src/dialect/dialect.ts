import type { ChatModel } from "../catalog/model.js";
import type { Adjustment } from "../request/adjustment.js";
import type { ReadRequest } from "../request/read-request.js";
import type { ChatCompletion, ChatCompletionChunk, JsonObject } from "../request/wire-types.js";
import type { CallLimits } from "../tier/decision.js";

/** What a dialect writes a body from. */
export interface DialectInput {
  readonly request: ReadRequest;
  /** `undefined` for an id that the catalog does not know. */
  readonly model: ChatModel | undefined;
  readonly limits: CallLimits;
  /** Whether the upstream is asked to stream, if the call is one request. */
  readonly stream: boolean;
}

/** A chat request in a model's own shape. */
export interface AdaptedChat {
  readonly body: JsonObject;
  readonly adjustments: readonly Adjustment[];
  /** Requests that the call becomes, each with one answer. */
  readonly requests: number;
  /** What the answer needs to be in the form that the caller asked for, in the order of their work. */
  readonly transforms: readonly AnswerTransform[];
}

/** Brings answers into OpenAI's shape, and into the form that the caller asked for. */
export interface AnswerReader {
  /** Identity for an answer that is in that form already. */
  readAnswer(answer: ChatCompletion, report: ReportAdjustment): ChatCompletion;
  /** As {@link readAnswer}, for one stream. */
  readStream(report: ReportAdjustment): ChunkReader;
}

/** Tells the caller what became of the answer. */
export type ReportAdjustment = (adjustment: Adjustment) => void;

/** Adds a step to the reading of answers. */
export type AnswerTransform = (reader: AnswerReader) => AnswerReader;

/**
 * One documented request shape: OpenAI's in, the model's out, and OpenAI's back. What a shape lacks is dropped or said in other words, as
 * the table of fields says, and reported; what would silently mean something else is `invalid_request`, naming model and field.
 */
export interface ChatDialect extends AnswerReader {
  adaptRequest(input: DialectInput): AdaptedChat;
}

/** Reads the chunks of one stream, in order. */
export interface ChunkReader {
  /** The chunk in OpenAI's shape: the same object where nothing changes, so that its text can be passed on as it came. */
  read(chunk: ChatCompletionChunk): ChatCompletionChunk;
  /** At the end of the stream: what was held back to be read together with the next chunk. */
  end(): ChatCompletionChunk | undefined;
  /**
   * Whether a chunk like one that came out as it was, with other words in its one choice, would now come out as it is and change nothing of
   * what is known: then it need not be read. A reader that can't tell has no such method.
   *
   * @param hasContent whether its choice has text, and not a thought alone
   */
  passes?(index: number, hasContent: boolean): boolean;
}

/** A reader that keeps nothing from one chunk to the next. @param read which goes by no words of an answer */
export function chunkByChunk(read: ChunkReader["read"]): () => ChunkReader {
  const reader: ChunkReader = { read, end: () => undefined, passes: () => true };
  return () => reader;
}
