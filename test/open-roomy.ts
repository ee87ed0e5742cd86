import { createLaplas, type Laplas, type LaplasOptions } from "@laplas/core";
import { createSandbox, type Sandbox, type SandboxOptions } from "@laplas/sandbox";

/** One chat model of each of the five families, all of which call tools. */
export const FAMILIES = {
  openai: "gpt-4o-mini",
  together: "meta-llama/Llama-3.2-11B-Vision-Instruct-Turbo",
  minimax: "MiniMax-Text-01",
  gemini: "gemini-1.5-flash",
  claude: "claude-3-5-sonnet-20240620",
} as const;

/** The free tier with a day that no test uses up. */
export const roomyTier = {
  name: "roomy",
  title: "free tier with a large day",
  extends: "free",
  rules: [
    {
      id: "daily_api_tokens",
      kind: "window",
      meter: "credits",
      limit: 100_000_000,
      period: { type: "day" },
      evidence: { source: "this test", date: "2026-11-29", status: "assumed" },
    },
  ],
} as const satisfies LaplasOptions["tier"];

/** An engine on a sandbox, with a day that no test uses up. */
export async function openRoomy(
  options: SandboxOptions = {},
  engineOptions: Partial<LaplasOptions> = {},
): Promise<{
  sandbox: Sandbox;
  laplas: Laplas;
  close(): Promise<void>;
}> {
  const sandbox = await createSandbox({ ...options, rules: { dailyApiTokens: null } });
  const laplas = createLaplas({
    apiKey: "roomy",
    baseURL: sandbox.baseURL,
    ledger: "memory",
    ...engineOptions,
    tier: roomyTier,
  });
  return {
    sandbox,
    laplas,
    async close() {
      await laplas.close();
      await sandbox.close();
    },
  };
}

/** What the upstream refused, in its own words. */
export function refusals(sandbox: Sandbox): unknown[] {
  return sandbox.requests
    .filter(({ outcome }) => outcome === "refused")
    .map(({ model, status, reason }) => ({ model, status, reason }));
}
