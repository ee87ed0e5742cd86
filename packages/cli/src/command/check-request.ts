import type { CheckResult } from "@laplas/core";
import { DEFAULT_MODELS } from "@laplas/gateway/bodies";
import type { EngineFlags } from "../config/engine-flags.js";
import { EXIT, exitCodeOf } from "../terminal/exit-codes.js";

/** Options of `laplas check`. */
export interface CheckFlags extends EngineFlags {
  readonly model?: string;
  readonly prompt?: string;
  readonly kind?: "chat" | "embedding" | "image";
  readonly maxTokens?: number;
  readonly size?: string;
  readonly count?: number;
}

/** A request of flags alone, or the file's with what the flags say in place of its own. */
export function requestOf(
  file: Readonly<Record<string, unknown>> | undefined,
  flags: CheckFlags,
): Record<string, unknown> {
  const { model, prompt = "Hello", kind = "chat", maxTokens, size, count } = flags;
  const asked = {
    chat: { messages: [{ role: "user", content: prompt }] },
    embedding: { input: prompt },
    image: { prompt },
  };
  return {
    ...(file ?? { model: DEFAULT_MODELS[kind], ...asked[kind] }),
    ...(model === undefined ? {} : { model }),
    ...(maxTokens === undefined ? {} : { max_tokens: maxTokens }),
    ...(size === undefined ? {} : { size }),
    ...(count === undefined ? {} : { n: count }),
  };
}

/** What the command ends with after a check. */
export function exitCodeFor({ verdict, error }: CheckResult): number {
  if (verdict === "pass") return EXIT.ok;
  return error === undefined ? EXIT.later : exitCodeOf(error);
}
