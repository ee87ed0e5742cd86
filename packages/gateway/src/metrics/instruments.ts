import { Counter, Gauge, Histogram, Registry } from "prom-client";

/** Bounds of the conventions for generative AI, in seconds, and two more: a request may take ten minutes. */
const DURATIONS = [
  0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92, 163.84, 327.68,
];
const FIRST_TOKENS = [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
const WAITS = [0, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];

type OfModel = "provider" | "model";
type OfWindow = OfModel | "window" | "metric";

/** All that is told, in a registry of its own: two gateways of a program don't add up. */
export interface Instruments {
  readonly registry: Registry;
  readonly calls: Counter<OfModel | "endpoint" | "outcome" | "code">;
  readonly clientCalls: Counter<"client" | "outcome">;
  readonly waits: Histogram<"provider">;
  readonly modelTokens: Counter<OfModel | "direction">;
  readonly apiTokens: Counter<OfModel>;
  readonly credits: Counter<OfModel>;
  readonly requests: Counter<OfModel | "outcome" | "code">;
  readonly durations: Histogram<OfModel>;
  readonly firstTokens: Histogram<OfModel>;
  readonly limit: Gauge<OfWindow>;
  readonly left: Gauge<OfWindow>;
  readonly resets: Gauge<OfWindow>;
  readonly running: Gauge<"provider">;
  readonly waiting: Gauge<"provider">;
  readonly blocked: Gauge<OfModel>;
  readonly paymentRequired: Gauge<"provider">;
  readonly ledgerUp: Gauge;
}

export function createInstruments(): Instruments {
  const registry = new Registry();
  const registers = [registry];
  const ofModel = ["provider", "model"] as const;
  const ofWindow = [...ofModel, "window", "metric"] as const;
  return {
    registry,
    calls: new Counter({
      name: "laplas_calls_total",
      help: "Calls that have ended. Refused ones were not sent; code is theirs, and that of failed ones.",
      labelNames: [...ofModel, "endpoint", "outcome", "code"],
      registers,
    }),
    clientCalls: new Counter({
      name: "laplas_client_calls_total",
      help: "The same by client, where there are clients.",
      labelNames: ["client", "outcome"],
      registers,
    }),
    waits: new Histogram({
      name: "laplas_wait_seconds",
      help: "Time that a call has waited, in the queue and before new attempts.",
      labelNames: ["provider"],
      buckets: WAITS,
      registers,
    }),
    modelTokens: new Counter({
      name: "laplas_model_tokens_total",
      help: "Model tokens of answers, as usage counts them: estimated where the provider does not say.",
      labelNames: [...ofModel, "direction"],
      registers,
    }),
    apiTokens: new Counter({
      name: "laplas_api_tokens_total",
      help: "Costs at providers that count API tokens.",
      labelNames: ofModel,
      registers,
    }),
    credits: new Counter({
      name: "laplas_credits_total",
      help: "Costs at providers that count in another unit of their own.",
      labelNames: ofModel,
      registers,
    }),
    requests: new Counter({
      name: "laplas_upstream_requests_total",
      help: "Requests to providers that have ended. Refused ones were answered that they are not taken.",
      labelNames: [...ofModel, "outcome", "code"],
      registers,
    }),
    durations: new Histogram({
      name: "laplas_upstream_request_duration_seconds",
      help: "Answered requests to providers, from sending to the last byte.",
      labelNames: ofModel,
      buckets: DURATIONS,
      registers,
    }),
    firstTokens: new Histogram({
      name: "laplas_upstream_time_to_first_token_seconds",
      help: "Streams of providers, from sending to the first event.",
      labelNames: ofModel,
      buckets: FIRST_TOKENS,
      registers,
    }),
    limit: new Gauge({
      name: "laplas_window_limit",
      help: "What a window of the tier allows, in its metric; without a model, all of them together.",
      labelNames: ofWindow,
      registers,
    }),
    left: new Gauge({
      name: "laplas_window_left",
      help: "What is left of a window: neither used nor held by calls that run.",
      labelNames: ofWindow,
      registers,
    }),
    resets: new Gauge({
      name: "laplas_window_reset_timestamp_seconds",
      help: "When all of a window is back; once nothing is left, when a call can pass again.",
      labelNames: ofWindow,
      registers,
    }),
    running: new Gauge({
      name: "laplas_calls_running",
      help: "Calls that run now, of all processes on the account.",
      labelNames: ["provider"],
      registers,
    }),
    waiting: new Gauge({
      name: "laplas_calls_waiting",
      help: "Calls in the queue now, of all processes on the account.",
      labelNames: ["provider"],
      registers,
    }),
    blocked: new Gauge({
      name: "laplas_blocked_until_timestamp_seconds",
      help: "Until when the provider refuses by its own word, while it does; without a model, everything.",
      labelNames: ofModel,
      registers,
    }),
    paymentRequired: new Gauge({
      name: "laplas_payment_required",
      help: "Whether the provider serves nothing before somebody pays.",
      labelNames: ["provider"],
      registers,
    }),
    ledgerUp: new Gauge({
      name: "laplas_ledger_up",
      help: "Whether the account could be read. If not, windows and queues are left out.",
      registers,
    }),
  };
}
