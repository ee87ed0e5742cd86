/** What a window counts. `apiTokens` is the provider's own unit, the others are the same everywhere. */
export type Metric = "requests" | TokenMetric;

/** What is counted of a request's tokens. */
export type TokenMetric = "apiTokens" | "tokens" | "inputTokens" | "outputTokens";

/** What one request uses, by metric. */
export type CallUse = Readonly<Record<TokenMetric, number>>;

export const NO_USE: CallUse = { apiTokens: 0, tokens: 0, inputTokens: 0, outputTokens: 0 };

const TOKEN_METRICS = Object.keys(NO_USE) as readonly TokenMetric[];

/** Finds the amount of each metric. */
export function useBy(amount: (metric: TokenMetric) => number): CallUse {
  const use: Record<TokenMetric, number> = { ...NO_USE };
  for (const metric of TOKEN_METRICS) use[metric] = amount(metric);
  return use;
}

/** What a request that uses so much adds to a count: itself, or its tokens. */
export function amountOf(metric: Metric, use: CallUse): number {
  return metric === "requests" ? 1 : use[metric];
}

const UNITS: Readonly<Record<Metric, string>> = {
  requests: "requests",
  apiTokens: "API tokens",
  tokens: "model tokens",
  inputTokens: "input tokens",
  outputTokens: "output tokens",
};

/** The unit of a metric, in words: `requests`, `API tokens`, `model tokens`, `input tokens`, `output tokens`. */
export function unitOf(metric: Metric): string {
  return UNITS[metric];
}
