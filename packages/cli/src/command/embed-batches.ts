import { costOf, type EmbeddingList, isLaplasError, type Laplas } from "@laplas/core";
import { costWords, counted, providerOfModel, whole } from "@laplas/gateway/bodies";
import { aLittleLater } from "../terminal/interruption.js";
import { createProgress } from "../terminal/progress.js";
import type { Terminal } from "../terminal/terminal.js";
import { type EmbedFlags, type Piece, requestOf } from "./embed-job.js";
import type { EmbedLine, EmbedOutput } from "./embed-output.js";

/** What is embedded, and where to. */
export interface EmbedRun {
  readonly output: EmbedOutput;
  readonly batches: readonly Piece[][];
  readonly total: number;
  readonly already: number;
  readonly flags: EmbedFlags;
  readonly signal: AbortSignal;
}

/** Calls batch by batch, and writes each as soon as it has come. A failure is returned beside what was done before it. */
export async function embedBatches(
  terminal: Terminal,
  laplas: Laplas,
  { output, batches, total, already, flags, signal }: EmbedRun,
): Promise<{ embedded: number; cost: number; failure?: unknown }> {
  const progress = createProgress(terminal.stderr);
  let [embedded, cost] = [0, 0];
  const append = async (batch: readonly Piece[], data: EmbeddingList["data"]): Promise<void> => {
    const vectors = data.toSorted((one, other) => one.index - other.index);
    await output.append(
      vectors.flatMap(({ index, embedding }) => {
        const piece = batch[index];
        return piece === undefined ? [] : [lineOf(piece, flags, embedding)];
      }),
    );
    embedded += vectors.length;
  };
  const show = (): void =>
    progress.show(
      already + embedded,
      total,
      `${whole(already + embedded)} of ${counted(total, "text")} · ${costWords(cost, providerOfModel(laplas, flags.model).tier.unit)}`,
    );
  const stopListening = laplas.onEvent((event) => {
    // What is said of a wait takes the bar's line.
    if (event.type === "waiting" && event.state === "over") show();
  });
  try {
    const late = aLittleLater(signal);
    for (const batch of batches) {
      show();
      signal.throwIfAborted();
      const input = batch.map(({ text }) => text);
      const answer = await laplas.embed(requestOf(flags, input), { signal: late }).catch(async (error: unknown) => {
        // What came before a failure has been paid for.
        const completed = isLaplasError(error) ? error.completed : undefined;
        if (Array.isArray(completed)) await append(batch, completed);
        throw error;
      });
      cost += costOf(answer.laplas);
      await append(batch, answer.data);
    }
    return { embedded, cost };
  } catch (failure) {
    return { embedded, cost, failure };
  } finally {
    stopListening();
    progress.clear();
  }
}

function lineOf(
  { id, text, sha256 }: Piece,
  { model, text: withText }: EmbedFlags,
  embedding: number[] | string,
): EmbedLine {
  return { id, model, sha256, ...(withText ? { text } : {}), embedding };
}
