import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLaplas, type Laplas, type LaplasEvent } from "@laplas/core";
import { createSandbox, type Sandbox } from "@laplas/sandbox";

/** What every model of the demo is made with: one engine, so that one account is kept. */
export interface Settings {
  readonly engine: Laplas;
  readonly apiKey: string;
  readonly baseURL: string;
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

/** The real API if there is a key, else a sandbox with an account of its own that is forgotten afterwards. */
export async function openWorld(): Promise<World> {
  const key = process.env.LAPLAS_API_KEY;
  if (key !== undefined && key !== "") {
    const baseURL = process.env.LAPLAS_BASE_URL ?? "https://api.apilaplas.com/v1";
    return observe(createLaplas({ apiKey: key, baseURL }), { apiKey: key, baseURL });
  }
  const sandbox = await createSandbox({ latencyMs: 20, chunkDelayMs: 12 });
  const folder = await mkdtemp(join(tmpdir(), "laplas-demo-"));
  const settings = { apiKey: "sandbox", baseURL: sandbox.baseURL };
  const laplas = createLaplas({ ...settings, ledger: `sqlite:${join(folder, "ledger.sqlite")}` });
  return observe(laplas, settings, sandbox, folder);
}

function observe(laplas: Laplas, settings: Omit<Settings, "engine">, sandbox?: Sandbox, folder?: string): World {
  const calls: Extract<LaplasEvent, { type: "call" }>[] = [];
  laplas.onEvent((event) => {
    if (event.type === "call") calls.push(event);
  });
  return {
    isReal: sandbox === undefined,
    laplas,
    settings: { ...settings, engine: laplas },
    tally: () => ({
      calls: calls.filter(({ outcome }) => outcome === "answered").length,
      apiTokens: calls.reduce((sum, { apiTokens }) => sum + apiTokens, 0),
      refusedHere: calls.filter(({ outcome }) => outcome === "refused").length,
    }),
    refusedUpstream: () => sandbox?.counts().refused ?? calls.filter(({ outcome }) => outcome === "failed").length,
    async close() {
      await laplas.close();
      await sandbox?.close();
      if (folder !== undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}
