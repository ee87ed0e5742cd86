/** What a window counts. `credits` is the provider's own unit of cost, the others are the same everywhere. */
export type Meter = "requests" | TokenMeter;

/** What is counted of a request's tokens. */
export type TokenMeter = "credits" | "tokens" | "inputTokens" | "outputTokens";

/** A meter as reports name it: credits by the field of the provider's unit. */
export type Metric = Meter | "apiTokens";

/** What a provider counts costs in. */
export interface CostUnit {
  /** In words, for more than one: `API tokens`, `neurons`. */
  readonly name: string;
  /** The field under which reports have a cost. A provider that counts model tokens has no other unit. */
  readonly field: "apiTokens" | "credits" | "tokens";
}

/** What something costs: one of these, as the provider counts. */
export interface CostFields {
  /** Where the provider counts in API tokens. */
  readonly apiTokens?: number;
  /** Where it counts in another unit of its own. */
  readonly credits?: number;
  /** Where it counts model tokens. */
  readonly tokens?: number;
}

/** The unit of a provider that counts model tokens, and nothing else. */
export const TOKEN_UNIT: CostUnit = { name: "tokens", field: "tokens" };

/** What one request uses, by meter. */
export type CallUse = Readonly<Record<TokenMeter, number>>;

export const NO_USE: CallUse = { credits: 0, tokens: 0, inputTokens: 0, outputTokens: 0 };

const TOKEN_METERS = Object.keys(NO_USE) as readonly TokenMeter[];

/** Finds the amount of each meter. */
export function useBy(amount: (meter: TokenMeter) => number): CallUse {
  const use: Record<TokenMeter, number> = { ...NO_USE };
  for (const meter of TOKEN_METERS) use[meter] = amount(meter);
  return use;
}

/** What a request that uses so much adds to a count: itself, or its tokens. */
export function amountOf(meter: Meter, use: CallUse): number {
  return meter === "requests" ? 1 : use[meter];
}

/** A meter as reports name it. */
export function metricOf(meter: Meter, { field }: CostUnit): Metric {
  return meter === "credits" ? field : meter;
}

const UNITS: Readonly<Record<Exclude<Meter, "credits">, string>> = {
  requests: "requests",
  tokens: "tokens",
  inputTokens: "input tokens",
  outputTokens: "output tokens",
};

/** What a meter counts, in words: `requests`, `tokens`, `input tokens`; for credits the name of the provider's unit. */
export function unitOf(meter: Meter, unit: CostUnit): string {
  if (meter === "credits") return unit.name;
  // Beside tokens of another kind, plain ones say of whom they are.
  return meter === "tokens" && unit.name !== TOKEN_UNIT.name ? "model tokens" : UNITS[meter];
}

/** A cost, whichever name it has. */
export function costOf({ apiTokens, credits, tokens }: CostFields): number {
  return apiTokens ?? credits ?? tokens ?? 0;
}

/** A cost under the name that the provider's unit has in reports. */
export function costIn({ field }: CostUnit, cost: number): CostFields {
  return { [field]: cost };
}
