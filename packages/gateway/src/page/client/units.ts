import type { Metric } from "@laplas/core";

/** Core's `unitOf`, as data: the page can't load the engine for it. A test holds both alike. */
export const UNITS: Readonly<Record<Metric, string>> = {
  requests: "requests",
  apiTokens: "API tokens",
  tokens: "model tokens",
  inputTokens: "input tokens",
  outputTokens: "output tokens",
};
