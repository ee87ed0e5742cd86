import { HumanMessage } from "@langchain/core/messages";
import { isLaplasError, type Laplas, type LaplasError } from "@laplas/core";
import { ChatLaplas, reportOf } from "@laplas/langchain";
import { createSandbox } from "@laplas/sandbox";
import { passingLedger } from "../upstream.ts";
import { CHAT } from "./models.ts";
import { bullet } from "./screen.ts";
import { tierOfDay } from "./tier-of-day.ts";

/** A day of 10 API tokens, to see it end: at a sandbox of its own, so that no key pays for it. */
const TINY_TIER = tierOfDay("tiny", 10);

/** Meets each limit once, and says in a line what came of it. */
export async function showTheTier(engine: Laplas): Promise<void> {
  const { model: name } = CHAT;
  const model = new ChatLaplas({ model: name, engine });

  const long = await new ChatLaplas({ model: name, maxTokens: 4_000, engine }).invoke("Hello");
  const adjusted = reportOf(long)?.adjusted.map(({ to }) => to) ?? [];
  bullet("4,000 tokens requested", `answered, with ${adjusted.join(", ")}`);

  const picture = { type: "image_url", image_url: { url: "data:image/png;base64,iVBORw0KGgo=" } };
  const refusal = await failureOf(model.invoke([new HumanMessage({ content: [picture] })]));
  bullet("an image attached", `${verdict(refusal)} ${refusal.message}`);

  const answers = await model.batch(["Hello", "Hello", "Hello", "Hello", "Hello"]);
  const waits = answers.map((answer) => reportOf(answer)?.waitedMs);
  bullet("five calls at once", `all answered, one at a time; they waited ${waits.join(", ")} ms`);

  await using sandbox = await createSandbox();
  const where = { apiKey: "sandbox", baseURL: sandbox.baseURL, ledger: passingLedger() };
  const tiny = new ChatLaplas({ model: name, ...where, tier: TINY_TIER });
  await tiny.invoke("Hello");
  const exceeded = await failureOf(tiny.invoke("Hello"));
  bullet("a daily quota exceeded", `${verdict(exceeded)} ${exceeded.message}`);

  const startedAt = performance.now();
  const fallback = await tiny.withFallbacks([model]).invoke("Hello");
  const ms = Math.round(performance.now() - startedAt);
  bullet("the same, with a fallback", `"${fallback.text}" after ${ms} ms, without a retry`);
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
