import type { CallOptions, CallReport, ChatCompletionChunk, ChatRequest, Laplas, WithReport } from "@laplas/core";

/** What a caller has of an answer with one choice, however it came. */
export interface LongAnswer {
  readonly text: string;
  readonly calls: readonly { readonly id: string; readonly name: string; readonly arguments: string }[];
  readonly finishReason: string | null;
  readonly report: CallReport;
  /** How many requests it was made of, by its report. */
  readonly parts: number;
  readonly ended: CallReport["ended"];
  readonly usage: ChatCompletionChunk["usage"];
}

/** One answer, whole or as a stream. */
export async function askLong(
  laplas: Laplas,
  request: ChatRequest,
  { stream = false, ...options }: CallOptions & { readonly stream?: boolean } = {},
): Promise<LongAnswer> {
  return stream ? readStream(laplas, request, options) : readWhole(await laplas.chat(request, options));
}

function readWhole({ choices, usage, laplas: report }: WithReport<Awaited<ReturnType<Laplas["chat"]>>>): LongAnswer {
  const [choice] = choices;
  const calls = (choice?.message.tool_calls ?? []).map(({ id, function: { name, arguments: said } }) => {
    return { id, name, arguments: said };
  });
  return answerOf(choice?.message.content ?? "", calls, choice?.finish_reason ?? null, usage, report);
}

/** @throws Error where the stream is not one answer's: two beginnings, ends or ids, text behind the end */
async function readStream(laplas: Laplas, request: ChatRequest, options: CallOptions): Promise<LongAnswer> {
  const stream = laplas.chatStream({ ...request, stream: true, stream_options: { include_usage: true } }, options);
  const chunks: ChatCompletionChunk[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  const { text, calls, finishReason, usage } = joinChunks(chunks);
  return answerOf(text, calls, finishReason, usage, await stream.report);
}

/** Puts a stream of one choice together as strictly as a client could. */
export function joinChunks(chunks: readonly ChatCompletionChunk[]): Omit<LongAnswer, "report" | "parts" | "ended"> {
  const calls: { id: string; name: string; arguments: string }[] = [];
  const fault = (what: string): never => {
    throw new Error(`a stream with ${what}`);
  };
  let text = "";
  let finishReason: string | null = null;
  let usage: ChatCompletionChunk["usage"];
  let roles = 0;
  for (const chunk of chunks) {
    if (chunk.id !== chunks[0]?.id || chunk.model !== chunks[0]?.model) fault("two ids or models");
    if (usage) fault("something behind its usage");
    if (chunk.usage) usage = chunk.usage;
    for (const { delta, finish_reason: reason } of chunk.choices) {
      if (finishReason !== null) fault("something behind its end");
      if (delta?.role !== undefined) roles += 1;
      text += delta?.content ?? "";
      for (const { index, id, function: called } of delta?.tool_calls ?? []) {
        const known = calls[index];
        if (known === undefined)
          calls[index] = { id: id ?? "", name: called?.name ?? "", arguments: called?.arguments ?? "" };
        else if (id !== undefined && id !== known.id) fault("two calls in one place");
        else known.arguments += called?.arguments ?? "";
      }
      finishReason = reason ?? null;
    }
  }
  if (roles > 1) fault(`${roles} beginnings`);
  if (finishReason === null) fault("no end");
  if (!usage) fault("no usage");
  return { text, calls, finishReason, usage };
}

function answerOf(
  text: string,
  calls: LongAnswer["calls"],
  finishReason: string | null,
  usage: LongAnswer["usage"],
  report: CallReport,
): LongAnswer {
  return { text, calls, finishReason, usage, report, parts: report.parts?.length ?? 0, ended: report.ended };
}
