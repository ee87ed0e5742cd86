import type {
  ChatCompletion,
  ChatCompletionChunk,
  ChatDelta,
  EmbeddingList,
  ImageList,
} from "../request/wire-types.js";
import type { OpenStream, StreamForm } from "./answer-stream.js";
import type { CallObserver } from "./observe-call.js";
import { type PreparedCall, reportOf } from "./prepared-call.js";
import type { CallReport } from "./report.js";

/** What a call that does not stream is answered with. */
export type CallAnswer = ChatCompletion | EmbeddingList | ImageList;

/** How a call came out: whole, or as a stream whose head has come. */
export type CallOutcome<Item> =
  | { readonly kind: "whole"; readonly answer: CallAnswer; readonly report: CallReport }
  | {
      readonly kind: "stream";
      readonly items: AsyncIterable<Item>;
      /** Whether it is of one request, between whose events nothing waits for a turn. */
      readonly isOne: boolean;
      /** As known when the head came: what was adjusted and waited, not yet what it cost. */
      readonly head: CallReport;
      /** Resolves with the upstream's end; never rejects. */
      readonly report: Promise<CallReport>;
    };

/** A whole answer as its caller reads it. */
export function shapeWhole<Item>(plan: PreparedCall, answer: CallAnswer, form: StreamForm<Item>): CallOutcome<Item> {
  const { stream, includeUsage } = plan.request;
  const report = reportOf(plan);
  if (!stream) return { kind: "whole", answer, report };
  const items = wholeAsStream(answer as ChatCompletion, includeUsage, form);
  return { kind: "stream", items, isOne: true, head: report, report: Promise.resolve(report) };
}

/** An open stream as its caller reads it. */
export function shapeStream<Item>(
  plan: PreparedCall,
  { items, isOne, done, wasLeft }: Omit<OpenStream<Item>, "begun">,
  observer: CallObserver,
): CallOutcome<Item> {
  const head = reportOf(plan);
  const isLeft = (): boolean => wasLeft() || plan.signal?.aborted === true;
  // How the upstream ends once nobody reads it is no failure of the call.
  const report = done
    .then(
      () => (isLeft() ? observer.left() : observer.answered()),
      (error: unknown) => (isLeft() ? observer.left() : observer.failed(error)),
    )
    .then(() => reportOf(plan));
  return { kind: "stream", items, isOne, head, report };
}

/** A whole answer as the stream that was asked for: one chunk with everything, and the usage if that was asked for too. */
async function* wholeAsStream<Item>(
  answer: ChatCompletion,
  includeUsage: boolean,
  form: StreamForm<Item>,
): AsyncGenerator<Item> {
  const { choices, usage, object: _, ...head } = answer;
  const shared = { ...head, object: "chat.completion.chunk" } as const;
  const chunk: ChatCompletionChunk = {
    ...shared,
    choices: choices.map(({ message, ...choice }) => ({ ...choice, delta: toDelta(message) })),
  };
  yield form(chunk, undefined);
  if (includeUsage && usage !== undefined) yield form({ ...shared, choices: [], usage }, undefined);
}

/** A message as one part of a stream. */
export function toDelta(message: ChatCompletion["choices"][number]["message"]): ChatDelta {
  const { tool_calls: calls, ...rest } = message;
  if (!calls?.length) return rest;
  return { ...rest, tool_calls: calls.map((call, index) => ({ index, ...call })) };
}
