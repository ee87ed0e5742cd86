import { readEvents } from "./read-events.js";
import type { Trouble } from "./trouble.js";
import { NOTHING_KNOWN } from "./trouble.js";

/** The part of a chunk that is shown. */
interface Chunk {
  readonly choices?: readonly {
    readonly delta?: { readonly content?: string | null; readonly reasoning_content?: string | null };
    readonly finish_reason?: string | null;
  }[];
  readonly usage?: { readonly api_tokens?: number; readonly credits?: number; readonly total_tokens?: number } | null;
  readonly error?: { readonly code?: string; readonly message?: string };
}

/** How a stream ended. */
export interface StreamEnd {
  readonly end: "whole" | "cut" | "stopped" | "broken";
  /** Why it broke, where the gateway said so. */
  readonly trouble: Trouble | undefined;
  /** What usage says that it cost. */
  readonly cost: number | undefined;
}

/**
 * Reads the stream of an answer. What came stays, also where it ended early: it was paid for.
 *
 * @param onPiece gets the text of each event as it comes
 * @param inTokens whether model tokens are the unit of cost
 */
export async function readAnswer(
  body: ReadableStream<Uint8Array>,
  onPiece: (piece: { readonly text: string; readonly thoughts: string }) => void,
  signal: AbortSignal,
  inTokens: boolean,
): Promise<StreamEnd> {
  let reason: string | undefined;
  let cost: number | undefined;
  let trouble: Trouble | undefined;
  let isOver = false;
  try {
    for await (const data of readEvents(body)) {
      if (data === "[DONE]") {
        isOver = true;
        break;
      }
      const { choices, usage, error } = JSON.parse(data) as Chunk;
      if (error !== undefined) {
        trouble = { ...NOTHING_KNOWN, code: error.code ?? null, message: error.message ?? null };
        break;
      }
      const [choice] = choices ?? [];
      reason = choice?.finish_reason ?? reason;
      cost = usage?.api_tokens ?? usage?.credits ?? (inTokens ? usage?.total_tokens : undefined) ?? cost;
      const { content, reasoning_content: thoughts } = choice?.delta ?? {};
      if (content || thoughts) onPiece({ text: content ?? "", thoughts: thoughts ?? "" });
    }
  } catch {
    // The connection broke, or its reader stopped it.
  }
  if (signal.aborted && !isOver) return { end: "stopped", trouble: undefined, cost };
  if (trouble !== undefined || (!isOver && reason === undefined)) return { end: "broken", trouble, cost };
  return { end: reason === "length" ? "cut" : "whole", trouble: undefined, cost };
}
