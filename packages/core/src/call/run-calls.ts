import type { Endpoint } from "../request/read-request.js";
import type { ChatCompletion, ChatCompletionChunk } from "../request/wire-types.js";
import type { StreamForm } from "./answer-stream.js";
import type { CallContext } from "./call-context.js";
import type { CallOptions } from "./call-options.js";
import { joinAnswers, joinReports } from "./join-answers.js";
import { joinStreams, type Stream } from "./join-streams.js";
import { raceAbort } from "./race-abort.js";
import type { CallReport } from "./report.js";
import { prepareCall, runCall } from "./run-call.js";
import type { CallOutcome } from "./shape-answer.js";

type Whole = Extract<CallOutcome<never>, { kind: "whole" }>;

/** How the calls of one request came out. */
export type RequestOutcome<Item> =
  | Whole
  | { readonly kind: "stream"; readonly items: AsyncIterable<Item>; readonly head: CallReport };

const asChunk: StreamForm<ChatCompletionChunk> = (chunk) => chunk;

/**
 * The calls that a door's request comes to, one after another, as one answer. Each is admitted and charged on its own; none is sent
 * before all are known to be valid. In a stream the first decides on the answer's status, and a later one that fails breaks it.
 *
 * @throws LaplasError; the signal's reason
 */
export async function runCalls<Item>(
  context: CallContext,
  endpoint: Endpoint,
  bodies: readonly unknown[],
  options: CallOptions,
  form: StreamForm<Item>,
): Promise<RequestOutcome<Item | ChatCompletionChunk>> {
  const [first, ...others] = bodies;
  if (others.length === 0) return runCall(context, endpoint, first, options, form);
  const { ready } = context.options.catalog;
  if (ready !== undefined) await raceAbort(ready(context.warn), options.signal, () => {});
  const invalid = bodies.find((body) => !isValid(context, endpoint, body, options));
  // Its own call refuses it, and tells listeners.
  if (invalid !== undefined) return runCall(context, endpoint, invalid, options, form);

  const each = choicesOf(first);
  const left = new AbortController();
  const signal = options.signal === undefined ? left.signal : AbortSignal.any([options.signal, left.signal]);
  const run = (body: unknown): Promise<CallOutcome<ChatCompletionChunk>> =>
    runCall(context, endpoint, body, { ...options, signal }, asChunk);
  const outcome = await run(first);
  if (outcome.kind === "stream") {
    const rest = others.map((body) => async () => (await run(body)) as Stream);
    return { kind: "stream", head: outcome.head, items: joinStreams(outcome, rest, each, () => left.abort()) };
  }
  const outcomes = [outcome];
  for (const body of others) outcomes.push((await run(body)) as Whole);
  const answers = outcomes.map(({ answer }) => answer as ChatCompletion);
  const reports = outcomes.map(({ report }) => report);
  return { kind: "whole", answer: joinAnswers(answers, each), report: joinReports(reports, context.options.tier.unit) };
}

function isValid(context: CallContext, endpoint: Endpoint, body: unknown, options: CallOptions): boolean {
  try {
    prepareCall(context, endpoint, body, options);
    return true;
  } catch {
    return false;
  }
}

/** It is a number from 1 on, or not set: the body is valid. */
function choicesOf(body: unknown): number {
  const { n } = body as { n?: number | null };
  return n ?? 1;
}
