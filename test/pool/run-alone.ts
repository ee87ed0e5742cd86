import type { ChatRequest } from "@laplas/core";
import { type PresetName, type PresetOptions, perfectRun } from "@laplas/sandbox";
import { type Got, runCallers } from "./callers.ts";
import { openPresets } from "./open-presets.ts";

export const NOON: number = Date.parse("2026-11-20T12:00:00Z");
const SPAN_MS = 20 * 60_000;

export interface AloneCase {
  readonly title: string;
  readonly preset: PresetName;
  readonly model: string;
  /** Of each prompt. */
  readonly characters: number;
  /** Of each answer. @default what the engine asks for */
  readonly maxTokens?: number;
  /** @default {@link NOON} */
  readonly start?: number;
  readonly more?: Partial<PresetOptions>;
}

export interface AloneFigures {
  readonly passed: number;
  /** What a client would get that sees the server's counts. */
  readonly perfect: number;
  /** Requests that the provider refused for a limit, as its log has them. */
  readonly refused: readonly string[];
  /** Refusals that teach what nobody published. */
  readonly taught: number;
  /** Requests that failed at a host behind the provider. */
  readonly failed: number;
  readonly got: Got;
}

/** Lets eight callers that never stop asking use one provider for 20 minutes. */
export async function runAlone(one: AloneCase): Promise<AloneFigures> {
  const { preset, model, characters, maxTokens, start = NOON, more } = one;
  const to = start + SPAN_MS;
  const body = (index: number): ChatRequest => ({
    model,
    messages: [{ role: "user", content: wordsOf(index, characters) }],
    ...(maxTokens === undefined ? {} : { max_tokens: maxTokens }),
  });
  const opened = await openPresets({ presets: [{ preset, ...more }], start });
  const got = await runCallers(opened, { to, body });
  const requests = opened.sandboxOf(preset).requests.filter(({ method, at }) => method === "POST" && at < to);
  const refused = requests.filter(({ outcome }) => outcome === "refused");
  return {
    passed: requests.filter(({ outcome }) => outcome === "answered").length,
    perfect: perfectRun({ preset, ...more, body, from: start, to }).filter(({ answered }) => answered).length,
    refused: refused.map(({ at, status, reason }) => `${(at - start) / 1_000} s: ${status} ${reason}`),
    taught: requests.filter(({ outcome }) => outcome === "probe").length,
    failed: requests.filter(({ outcome }) => outcome === "faulted").length,
    got,
  };
}

/** A prompt of its own for each request: servers count the tokens of each text in their own way. */
export function wordsOf(index: number, characters: number): string {
  return `Question ${index}: `.padEnd(characters, `the heron ${index} stands in water `);
}
