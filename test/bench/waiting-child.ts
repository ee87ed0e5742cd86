import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { createLaplas } from "@laplas/core";
import { createSandbox } from "@laplas/sandbox";
import { answerParent } from "./child.ts";
import { ONE_AT_A_TIME } from "./one-at-a-time.ts";

export interface WaitingQuestion {
  readonly ledger: "memory" | "sqlite";
  readonly callers: number;
  /** What the upstream takes for each call. */
  readonly callMs: number;
}

export interface WaitingAnswer {
  readonly answered: number;
  readonly tookMs: number;
  /** The longest that the event loop was blocked. */
  readonly blockedMs: number;
}

answerParent(async ({ ledger, callers, callMs }: WaitingQuestion): Promise<WaitingAnswer> => {
  const folder = await mkdtemp(join(tmpdir(), "laplas-bench-"));
  const sandbox = await createSandbox({ latencyMs: callMs, rules: { dailyApiTokens: null } });
  const laplas = createLaplas({
    apiKey: "bench",
    baseURL: sandbox.baseURL,
    ledger: ledger === "memory" ? "memory" : `sqlite:${join(folder, "ledger.sqlite")}`,
    tier: ONE_AT_A_TIME,
  });
  const ask = () =>
    laplas.chat({ model: "gpt-4o-mini", max_tokens: 1, messages: [{ role: "user", content: "Hello" }] });
  for (let index = 0; index < 20; index += 1) await ask();
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const startedAt = performance.now();
  const ends = await Promise.allSettled(Array.from({ length: callers }, ask));
  const tookMs = performance.now() - startedAt;
  delay.disable();
  await laplas.close();
  await sandbox.close();
  await rm(folder, { recursive: true, force: true });
  const answered = ends.filter(({ status }) => status === "fulfilled").length;
  return { answered, tookMs, blockedMs: delay.max / 1e6 };
});
