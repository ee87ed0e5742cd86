import type { Adjustment, CallReport, ChatRequest, Laplas } from "@laplas/core";
import { endedWords, providerOf } from "@laplas/gateway/bodies";
import { paint } from "../terminal/paint.js";
import { note } from "../terminal/print.js";
import { reportLine } from "../terminal/report-line.js";
import { safeText } from "../terminal/safe-text.js";
import type { Terminal } from "../terminal/terminal.js";
import { adjustmentText } from "./adjustment-text.js";

/** A whole answer, after it was shown. */
interface Answer {
  readonly model: string;
  readonly content: string;
  /** `null` where the model shows none. */
  readonly reasoning: string | null;
  readonly finishReason: string | null;
  readonly report: CallReport;
}

/** Asks and shows the answer as it comes, with a line break after it. An abort returns once the ledger has its cost. @throws LaplasError, or the signal's reason */
export async function streamAnswer(
  terminal: Terminal,
  laplas: Laplas,
  request: ChatRequest,
  signal: AbortSignal,
  show: (piece: string) => void,
): Promise<Answer> {
  const stream = laplas.chatStream(request, { signal });
  const releaseWarnings = terminal.warnings.hold();
  let [content, reasoning, finishReason, model]: [string, string, string | null, string] = [
    "",
    "",
    null,
    request.model,
  ];
  let report: CallReport;
  try {
    for await (const chunk of stream) {
      const choice = chunk.choices[0];
      model = chunk.model || model;
      reasoning += choice?.delta.reasoning_content ?? "";
      const piece = choice?.delta.content ?? "";
      content += piece;
      finishReason = choice?.finish_reason ?? finishReason;
      if (piece !== "") show(piece);
    }
    report = await stream.report;
  } catch (error) {
    // The next call would else be refused by a server that still writes this answer.
    if (signal.aborted) await whileAlive(stream.report);
    throw error;
  } finally {
    if (content !== "" && !content.endsWith("\n") && !signal.aborted) show("\n");
    // Who has ended an answer need not be told that it was cut.
    releaseWarnings(!signal.aborted);
  }
  return { model, content, reasoning: reasoning === "" ? null : reasoning, finishReason, report };
}

/** Prints the pieces of an answer. A terminal must not obey a model. */
export function piecePrinter({ stdout }: Terminal): (piece: string) => void {
  return (piece) => stdout.write(stdout.isTerminal ? safeText(piece) : piece);
}

/**
 * In a terminal: what an answer cost, what was changed, and whether it was cut. Elsewhere only what the text alone would hide: that an
 * option was not followed, that the answer was put together from several requests, and why a continued one is not complete.
 */
export function tellReport(terminal: Terminal, laplas: Laplas, report: CallReport, asksForLength: boolean): void {
  const isJoined = (report.parts?.length ?? 0) > 1;
  const isChanged = asksForLength && report.adjusted.some(isShortened);
  const isTold = isJoined || isChanged || endedWords(report.ended) !== undefined;
  if (!terminal.stderr.isTerminal && !isTold) return;
  // Without --max-tokens the tier's limit is always filled in: no news.
  const changes = report.adjusted.filter(({ field }) => asksForLength || !field.startsWith("max_"));
  const parts = isJoined ? [`${report.parts?.length} parts`] : [];
  const ended = endedWords(report.ended) ?? (report.truncatedByTier ? "cut at the tier's output limit" : undefined);
  const { title, tier } = providerOf(laplas, report.provider);
  const said = [
    ...(laplas.providers.length > 1 ? [title] : []),
    ...parts,
    reportLine(report, tier.unit),
    ...changes.map(adjustmentText),
    ...(ended === undefined ? [] : [ended]),
  ];
  note(terminal, paint("dim", said.join(" · ")));
}

/** Whether the answer may not become as long as it was asked to; one that is continued may. */
function isShortened({ field, from, to }: Adjustment): boolean {
  return field.startsWith("max_") && from !== undefined && !to.endsWith("_per_request");
}

/** Waits for what holds no process: after an abort the engine reads on for a few seconds, but only while something else runs. */
async function whileAlive<T>(work: Promise<T>): Promise<T> {
  const timer = setInterval(() => {}, 1_000);
  try {
    return await work;
  } finally {
    clearInterval(timer);
  }
}
