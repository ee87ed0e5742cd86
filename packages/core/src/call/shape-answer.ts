import { readUsage } from "../cost/read-usage.js";
import { mergeEmbeddings } from "../dialect/embedding.js";
import { mergeImages } from "../dialect/image.js";
import type { CostOf } from "../dialect/sum-meta.js";
import { isLaplasError } from "../errors/laplas-error.js";
import type { Provider } from "../provider/provider.js";
import type {
  ChatCompletion,
  ChatCompletionChunk,
  ChatDelta,
  EmbeddingList,
  ImageList,
  JsonObject,
} from "../request/wire-types.js";
import type { OpenStream, StreamForm } from "./answer-stream.js";
import type { CallContext } from "./call-context.js";
import { checkAnswer } from "./check-answer.js";
import { chatUsage, embeddingUsage, withCost } from "./count-usage.js";
import { endWithCalls, fillAnswer } from "./fill-answer.js";
import { joinAnswers } from "./join-answers.js";
import type { CallObserver } from "./observe-call.js";
import { type PreparedCall, reportAdjustment, reportOf } from "./prepared-call.js";
import type { CallReport } from "./report.js";
import { charactersOf } from "./runaway.js";

/** How a call came out: whole, or as a stream whose head has come. */
export type CallOutcome<Item> =
  | { readonly kind: "whole"; readonly answer: ChatCompletion | EmbeddingList | ImageList; readonly report: CallReport }
  | {
      readonly kind: "stream";
      readonly items: AsyncIterable<Item>;
      /** As known when the head came: what was adjusted and waited, not yet what it cost. */
      readonly head: CallReport;
      /** Resolves with the upstream's end; never rejects. */
      readonly report: Promise<CallReport>;
    };

/** The answers of a call's requests as the one answer that was asked for. @throws FatalUpstreamError `unexpected_response` */
export function shapeWhole<Item>(
  { options: { provider } }: Pick<CallContext, "options">,
  plan: PreparedCall,
  answers: readonly JsonObject[],
  form: StreamForm<Item>,
): CallOutcome<Item> {
  const { request, totals } = plan;
  if (request.endpoint !== "chat") {
    try {
      return { kind: "whole", answer: mergeAll(provider, plan, answers), report: reportOf(plan) };
    } catch (error) {
      // What the others brought has been paid for.
      throw withCompleted(error, plan, answers);
    }
  }
  const answer = mergeChatAnswers(provider, plan, answers);
  totals.truncated = plan.cappedByTier && answer.choices.some((choice) => choice.finish_reason === "length");
  const report = reportOf(plan);
  if (!request.stream) return { kind: "whole", answer, report };
  return {
    kind: "stream",
    items: wholeAsStream(answer, request.includeUsage, form),
    head: report,
    report: Promise.resolve(report),
  };
}

/** The choices of all requests as one answer, with its usage. @throws FatalUpstreamError `unexpected_response` */
function mergeChatAnswers(provider: Provider, plan: PreparedCall, answers: readonly JsonObject[]): ChatCompletion {
  const report = reportAdjustment(plan);
  const read = answers.map((given) => {
    const original = checkAnswer(fillAnswer(given, plan) as unknown as ChatCompletion);
    // After the reader: an answer by a tool of ours is text to its caller.
    const answer = endWithCalls(plan.adapted.reader?.readAnswer(original, report) ?? original);
    const characters = charactersOf(answer.choices.map(({ message }) => message));
    const came = { usage: original.usage, told: readUsage(original, provider) };
    return { ...answer, usage: chatUsage(plan, came, characters, plan.totals.cost) };
  });
  if (read.length === 1 && read[0] !== undefined) return read[0];
  const joined = joinAnswers(read, 1);
  return { ...joined, usage: withCost(joined.usage ?? {}, plan.unit, plan.totals.cost) };
}

/** An open stream as its caller reads it. */
export function shapeStream<Item>(
  plan: PreparedCall,
  { items, done, wasLeft }: OpenStream<Item>,
  observer: CallObserver,
): CallOutcome<Item> {
  const head = reportOf(plan);
  const report = done
    .then(() => (wasLeft() || plan.signal?.aborted === true ? observer.left() : observer.answered()), observer.failed)
    .then(() => reportOf(plan));
  return { kind: "stream", items, head, report };
}

/** Gives an error what was finished before it, for calls of several requests. */
export function withCompleted(error: unknown, plan: PreparedCall, answers: readonly JsonObject[]): unknown {
  if (!isLaplasError(error) || plan.adapted.parts.length < 2) return error;
  const sound = soundOf(plan, answers);
  if (sound.length === 0) return error;
  const completed = completedIn(plan, sound);
  Object.defineProperty(error, "completed", { value: completed, enumerable: true, configurable: true });
  return error;
}

/** Images, vectors, or choices of a chat. */
function completedIn(plan: PreparedCall, answers: readonly JsonObject[]): readonly unknown[] {
  if (plan.request.endpoint !== "chat") return merge(plan, answers).data.filter(Boolean);
  return answers
    .flatMap(({ choices }) => choices as unknown[])
    .map((choice, index) => ({ ...(choice as object), index }));
}

/** The answers before the first that makes no sense. */
function soundOf(plan: PreparedCall, answers: readonly JsonObject[]): readonly JsonObject[] {
  for (let count = 1; count <= answers.length; count += 1) {
    try {
      completedIn(plan, answers.slice(0, count));
    } catch {
      return answers.slice(0, count - 1);
    }
  }
  return answers;
}

/** The answers of all requests as one, with its usage. @throws FatalUpstreamError `unexpected_response` */
function mergeAll(provider: Provider, plan: PreparedCall, answers: readonly JsonObject[]): EmbeddingList | ImageList {
  const merged = merge(plan, answers, (answer) => readUsage(answer, provider).use.credits);
  if (plan.request.endpoint === "embedding") return { ...merged, usage: embeddingUsage(provider, plan, answers) };
  // Nobody manages a context by what an image says: that stays as it came.
  const { usage } = merged;
  if (typeof usage !== "object" || usage === null) return merged;
  return { ...merged, usage: withCost(usage, plan.unit, plan.totals.cost) };
}

/** The answers of several requests, or of the first of them, as one. @throws FatalUpstreamError `unexpected_response` */
function merge(
  { request, adapted, createdAt }: PreparedCall,
  answers: readonly JsonObject[],
  costOf: CostOf = () => undefined,
): EmbeddingList | ImageList {
  if (request.endpoint === "image") return mergeImages(answers, createdAt, costOf);
  const parts = adapted.parts.slice(0, answers.length);
  return mergeEmbeddings(request, parts, answers as unknown as EmbeddingList[], costOf);
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

function toDelta(message: ChatCompletion["choices"][number]["message"]): ChatDelta {
  const { tool_calls: calls, ...rest } = message;
  if (!calls?.length) return rest;
  return { ...rest, tool_calls: calls.map((call, index) => ({ index, ...call })) };
}
