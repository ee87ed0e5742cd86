import type { LaplasEvent } from "@laplas/core";
import type { Instruments } from "./instruments.js";

/** Counts what an engine tells. @param client who has made the call, by the configuration's name */
export function countEvent(
  instruments: Instruments,
  modelLabel: (provider: string, model: string) => string,
  event: LaplasEvent,
  client: string | undefined,
): void {
  if (event.type === "call") countCall(instruments, modelLabel(event.provider, event.model), event, client);
  else if (event.type === "request") countRequest(instruments, modelLabel(event.provider, event.model), event);
}

function countCall(
  { calls, clientCalls, waits, modelTokens, apiTokens, credits }: Instruments,
  model: string,
  event: Extract<LaplasEvent, { type: "call" }>,
  client: string | undefined,
): void {
  const { provider, endpoint, outcome, code, waitedMs, inputTokens, outputTokens } = event;
  const ofModel = { provider, model };
  calls.inc({ ...ofModel, endpoint, outcome, code: code ?? "" });
  if (client !== undefined) clientCalls.inc({ client, outcome });
  waits.observe({ provider }, waitedMs / 1_000);
  if (inputTokens !== undefined) modelTokens.inc({ ...ofModel, direction: "input" }, inputTokens);
  if (outputTokens !== undefined) modelTokens.inc({ ...ofModel, direction: "output" }, outputTokens);
  // A provider that counts model tokens has no other cost.
  if (event.apiTokens !== undefined) apiTokens.inc(ofModel, event.apiTokens);
  if (event.credits !== undefined) credits.inc(ofModel, event.credits);
}

function countRequest(
  { requests, durations, firstTokens }: Instruments,
  model: string,
  { provider, outcome, code, durationMs, firstMs }: Extract<LaplasEvent, { type: "request" }>,
): void {
  const ofModel = { provider, model };
  requests.inc({ ...ofModel, outcome, code: code ?? "" });
  // How fast a provider refuses says nothing of how fast it answers.
  if (outcome === "answered") durations.observe(ofModel, durationMs / 1_000);
  if (firstMs !== undefined) firstTokens.observe(ofModel, firstMs / 1_000);
}
