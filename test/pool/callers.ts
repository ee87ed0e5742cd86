import { type ChatRequest, isLaplasError, type LaplasError } from "@laplas/core";
import type { OpenPresets } from "./open-presets.ts";

export interface Met {
  readonly at: number;
  readonly error: LaplasError;
}

/** What callers got. */
export interface Got {
  readonly answers: { readonly at: number; readonly provider: string | undefined }[];
  readonly errors: Met[];
}

/** Callers that always have something to ask, and come back when an error says so. */
export async function runCallers(
  { time, engine }: Pick<OpenPresets, "time" | "engine">,
  {
    callers = 8,
    to,
    body,
    onError = () => {},
  }: { callers?: number; to: number; body: (index: number) => ChatRequest; onError?: (met: Met) => void },
): Promise<Got> {
  const got: Got = { answers: [], errors: [] };
  let index = 0;
  const caller = async (): Promise<void> => {
    while (time.now() < to) {
      try {
        const answer = await engine.chat(body(index++));
        got.answers.push({ at: time.now(), provider: answer.laplas.provider });
      } catch (error) {
        if (!isLaplasError(error)) throw error;
        const met = { at: time.now(), error };
        got.errors.push(met);
        onError(met);
        const at = error.resetsAt?.getTime() ?? time.now() + (error.retryAfterMs ?? 60_000);
        await time.sleep(Math.max(1, Math.min(at, to) - time.now()));
      }
    }
  };
  await time.run(Array.from({ length: callers }, () => caller));
  return got;
}
