import { HumanMessage } from "@langchain/core/messages";
import { isLaplasError, type LaplasError, type TierDocument } from "@laplas/core";
import { ChatLaplas, reportOf } from "@laplas/langchain";
import { passingLedger } from "../upstream.ts";
import { bullet } from "./screen.ts";
import type { Settings } from "./world.ts";

/** The free tier with a day of 10 API tokens, to see it end. Its ledger is its own: the real account is not touched. */
const TINY_TIER: TierDocument = {
  name: "tiny",
  title: "tiny tier",
  extends: "free",
  rules: [
    {
      id: "daily_api_tokens",
      kind: "window",
      meter: "credits",
      limit: 10,
      period: { type: "day" },
      evidence: { source: "made up for this demo", date: "2026-11-22", status: "assumed" },
    },
  ],
};

/** Meets each limit once, and says in a line what came of it. */
export async function showTheTier({ engine, ...upstream }: Settings): Promise<void> {
  const model = new ChatLaplas({ model: "gpt-4o-mini", engine });

  const long = await new ChatLaplas({ model: "gpt-4o-mini", maxTokens: 4_000, engine }).invoke("Hello");
  const adjusted = reportOf(long)?.adjusted.map(({ to }) => to) ?? [];
  bullet("4,000 tokens asked", `answered, with ${adjusted.join(", ")}`);

  const picture = { type: "image_url", image_url: { url: "data:image/png;base64,iVBORw0KGgo=" } };
  const refusal = await failureOf(model.invoke([new HumanMessage({ content: [picture] })]));
  bullet("an image attached", `${verdict(refusal)} ${refusal.message}`);

  const answers = await model.batch(["Hello", "Hello", "Hello", "Hello", "Hello"]);
  const waits = answers.map((answer) => reportOf(answer)?.waitedMs);
  bullet("five calls at once", `all answered, one at a time; they waited ${waits.join(", ")} ms`);

  const tiny = new ChatLaplas({ model: "gpt-4o-mini", ...upstream, tier: TINY_TIER, ledger: await passingLedger() });
  await tiny.invoke("Hello");
  const spent = await failureOf(tiny.invoke("Hello"));
  bullet("a spent budget", `${verdict(spent)} ${spent.message}`);

  const startedAt = performance.now();
  const fallback = await tiny.withFallbacks([model]).invoke("Hello");
  const ms = Math.round(performance.now() - startedAt);
  bullet("the same, with a fallback", `"${fallback.text}" after ${ms} ms: nothing was tried twice`);
}

async function failureOf(call: Promise<unknown>): Promise<LaplasError> {
  try {
    await call;
  } catch (error) {
    if (isLaplasError(error)) return error;
    throw error;
  }
  throw new Error("a call that the tier can't serve was answered");
}

function verdict(error: LaplasError): string {
  return error.retryable ? `retryable after ${error.retryAfterMs} ms (${error.code}):` : `fatal (${error.code}):`;
}
