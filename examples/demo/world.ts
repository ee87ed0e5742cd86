import { createLaplas, type Laplas, type LaplasEvent } from "@laplas/core";
import { connect } from "../upstream.ts";

/** What every model of the demo is made with: one engine, so that one account is kept. */
export interface Settings {
  readonly engine: Laplas;
  readonly apiKey: string;
  readonly baseURL?: string;
}

/** The upstream that the demo calls, and what its engine has seen. */
export interface World {
  readonly isReal: boolean;
  readonly laplas: Laplas;
  readonly settings: Settings;
  tally(): { calls: number; apiTokens: number; refusedHere: number };
  /** By the sandbox's own count; for the real API, by its answers. */
  refusedUpstream(): number;
  close(): Promise<void>;
}

/** The real API if there is a key, else a sandbox that takes its time as a real server would. */
export async function openWorld(): Promise<World> {
  const upstream = await connect({ latencyMs: 20, chunkDelayMs: 12 });
  const { settings, sandbox } = upstream;
  const laplas = await orClose(upstream, () => createLaplas(settings));
  const calls = observeCalls(laplas);
  return {
    isReal: sandbox === undefined,
    laplas,
    settings: { ...settings, engine: laplas },
    tally: () => ({
      calls: calls.filter(({ outcome }) => outcome === "answered").length,
      apiTokens: calls.reduce((sum, { apiTokens = 0 }) => sum + apiTokens, 0),
      refusedHere: calls.filter(({ outcome }) => outcome === "refused").length,
    }),
    refusedUpstream: () => sandbox?.counts().refused ?? calls.filter(({ outcome }) => outcome === "failed").length,
    async close() {
      await laplas.close();
      await upstream[Symbol.asyncDispose]();
    },
  };
}

/** A sandbox left open by a wrong LAPLAS_TIER would keep the program from ending. */
async function orClose<T>(upstream: AsyncDisposable, create: () => T): Promise<T> {
  try {
    return create();
  } catch (error) {
    await upstream[Symbol.asyncDispose]();
    throw error;
  }
}

function observeCalls(laplas: Laplas): Extract<LaplasEvent, { type: "call" }>[] {
  const calls: Extract<LaplasEvent, { type: "call" }>[] = [];
  laplas.onEvent((event) => {
    if (event.type === "call") calls.push(event);
  });
  return calls;
}
