import { createHash } from "node:crypto";
import {
  type CheckError,
  FatalLimitError,
  InvalidOptionsError,
  type Laplas,
  type Plan,
  type PlannedCall,
} from "@laplas/core";
import type { EngineFlags } from "../config/engine-flags.js";
import { safeLine } from "../terminal/safe-text.js";
import type { TextItem, Texts } from "./read-texts.js";
import { requireModality } from "./require-modality.js";
import { splitText } from "./split-text.js";

/** Options of `laplas embed`. */
export interface EmbedFlags extends EngineFlags {
  readonly output: string;
  readonly model: string;
  readonly chunk?: number;
  readonly batch: number;
  readonly dimensions?: number;
  readonly text?: boolean;
}

/** A text with what tells whether it has changed since. */
export interface Piece extends TextItem {
  readonly sha256: string;
}

/** Texts in a call, where nothing is said: a kill loses no more. */
export const DEFAULT_BATCH = 50;

/** One call. */
export function requestOf(
  { model, dimensions }: Pick<EmbedFlags, "model" | "dimensions">,
  input: string | readonly string[],
): Parameters<Laplas["embed"]>[0] {
  return { model, input, ...(dimensions === undefined ? {} : { dimensions }) };
}

/** The calls that `embed` makes of its batches, to be planned. */
export function callsOf(batches: readonly Piece[][], flags: Pick<EmbedFlags, "model" | "dimensions">): PlannedCall[] {
  return batches.map((batch) => ({
    request: requestOf(
      flags,
      batch.map(({ text }) => text),
    ),
  }));
}

/** Texts, split where they are longer than `chunk` characters. */
export function toPieces(texts: readonly TextItem[], chunk: number | undefined): Piece[] {
  return texts
    .flatMap((item) => splitText(item, chunk))
    .map((item) => ({ ...item, sha256: createHash("sha256").update(item.text).digest("hex") }));
}

/** @throws InvalidOptionsError where there is nothing to embed, saying what else there is */
export function requireTexts({ texts, skipped }: Texts, path: string): void {
  if (texts.length > 0) return;
  const [one] = skipped;
  const why = one === undefined ? "" : ` (${safeLine(one.id)}: ${one.reason})`;
  throw new InvalidOptionsError(`There is no text in ${path}${why}.`);
}

/**
 * What the engine would refuse one by one, and the rest.
 *
 * @throws InvalidOptionsError or FatalLimitError where it refuses all, for something else than the texts
 */
export async function sortOut(
  laplas: Laplas,
  pieces: readonly Piece[],
  flags: Pick<EmbedFlags, "model" | "dimensions">,
): Promise<{ readonly accepted: readonly Piece[]; readonly refused: Plan["refused"] }> {
  requireModality(laplas, flags.model, "embedding");
  const { refused } = await laplas.plan(pieces.map(({ text }) => ({ request: requestOf(flags, text) })));
  const [wrong] = refused;
  if (wrong !== undefined && refused.length === pieces.length && wrong.error.param !== "input") {
    throw errorOf(wrong.error);
  }
  const out = new Set(refused.map(({ index }) => index));
  return { accepted: pieces.filter((_, index) => !out.has(index)), refused };
}

function errorOf({ code, message }: CheckError): Error {
  return code === "model_not_on_tier" ? new FatalLimitError(code, message) : new InvalidOptionsError(message);
}

/** One text at a time where the model takes no more: of a batch that becomes many requests, a kill would lose all. */
export function batchesOf(
  laplas: Laplas,
  pieces: readonly Piece[],
  { model, batch }: Pick<EmbedFlags, "model" | "batch">,
): Piece[][] {
  const found = laplas.findModel(model);
  const takesOne =
    found.kind === "model" && found.model.modality === "embedding" && found.model.embedding.input === "string";
  const size = takesOne ? 1 : batch;
  return Array.from({ length: Math.ceil(pieces.length / size) }, (_, index) =>
    pieces.slice(index * size, (index + 1) * size),
  );
}
