import { createSandbox, type Sandbox } from "@laplas/sandbox";
import { answerParent } from "./child.ts";

export type CallersQuestion =
  /** Opens the upstream. */
  | { readonly step: "open"; readonly callMs: number }
  /** Calls through a gateway, all at once. */
  | { readonly step: "call"; readonly baseURL: string; readonly callers: number };

export interface CallersOpened {
  readonly upstream: string;
}

export interface CallersAnswer {
  readonly answered: number;
  readonly tookMs: number;
}

let sandbox: Sandbox | undefined;

/** The upstream of a gateway, and its clients. */
answerParent(async (question: CallersQuestion): Promise<CallersOpened | CallersAnswer> => {
  if (question.step === "open") {
    sandbox = await createSandbox({ latencyMs: question.callMs, rules: { dailyApiTokens: null } });
    return { upstream: sandbox.baseURL };
  }
  const body = JSON.stringify({
    model: "gpt-4o-mini",
    max_tokens: 1,
    messages: [{ role: "user", content: "Hello" }],
  });
  const headers = { "content-type": "application/json" };
  const call = async (): Promise<boolean> => {
    const response = await fetch(`${question.baseURL}/chat/completions`, { method: "POST", headers, body });
    await response.text();
    return response.ok;
  };
  const startedAt = performance.now();
  const ends = await Promise.allSettled(Array.from({ length: question.callers }, call));
  const tookMs = performance.now() - startedAt;
  const answered = ends.filter((end) => end.status === "fulfilled" && end.value).length;
  return { answered, tookMs };
});
