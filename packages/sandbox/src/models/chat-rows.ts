import type { RateSource } from "./model.js";

/** One line of a model table. Rates are API tokens per model token. */
export type ChatRow = readonly [
  id: string,
  name: string,
  vendor: string,
  context: number | null,
  input: number,
  output: number,
  source: RateSource,
];
