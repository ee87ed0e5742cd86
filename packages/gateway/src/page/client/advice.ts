import type { LaplasErrorCode } from "@laplas/core";

/** What an error's code means to a person. */
export interface Advice {
  /** What it was. */
  readonly title: string;
  /** Whether the same request can pass later. */
  readonly isRetryable: boolean;
  readonly todo: string;
}

const LATER = true;
const NEVER = false;

function advice(isRetryable: boolean, title: string, todo: string): Advice {
  return { title, isRetryable, todo };
}

const BY_CODE: Readonly<Record<LaplasErrorCode, Advice>> = {
  busy: advice(LATER, "Too many calls at once", "Ask again in a moment, or let fewer programs ask at once."),
  rate_limited: advice(LATER, "Too many calls in a short time", "Ask again after the pause."),
  daily_quota: advice(NEVER, "The day's budget is used up", "Wait for the reset, or let a fallback answer."),
  hourly_quota: advice(NEVER, "The hour's budget is used up", "Wait for the reset, or let a fallback answer."),
  monthly_quota: advice(NEVER, "The month's budget is used up", "Wait for the reset, or let a fallback answer."),
  image_input: advice(NEVER, "A picture was attached", "Send text only: say in words what the picture shows."),
  output_tokens: advice(NEVER, "The answer would be too long", "Ask for a shorter answer."),
  image_count: advice(NEVER, "Too many pictures at once", "Ask for one picture at a time."),
  image_size: advice(NEVER, "The picture would be too large", "Ask for a smaller size."),
  request_cost: advice(NEVER, "One request would cost too much", "Take a smaller size, or a cheaper model."),
  request_size: advice(NEVER, "The text is too long for the plan", "Send less at once."),
  model_not_on_tier: advice(NEVER, "There is no such model here", "Choose one from the list of models."),
  payment_required: advice(NEVER, "The provider requires payment", "Pay there, then run: laplas doctor --resume."),
  unavailable: advice(LATER, "The provider is down", "Ask again in a moment."),
  timeout: advice(LATER, "The provider took too long", "Ask again in a moment."),
  network: advice(LATER, "The provider can't be reached", "Look at this machine's network, then ask again."),
  invalid_request: advice(NEVER, "The request is invalid", "Correct what the message names."),
  authentication: advice(
    NEVER,
    "The provider does not know the key",
    "Set LAPLAS_API_KEY of this gateway to a valid key.",
  ),
  context_length: advice(
    NEVER,
    "The text is too long for the model",
    "Send less, or take a model with a longer context.",
  ),
  unexpected_response: advice(
    NEVER,
    "The provider sent an unexpected answer",
    "Look at the message; report it if it stays.",
  ),
  invalid_options: advice(NEVER, "The gateway is set up wrongly", "Correct the option that the message names."),
  ledger: advice(NEVER, "The account can't be read", "Look at the ledger's file or server; laplas doctor helps."),
};

/** Of requests that became no call. */
const BY_GATE_CODE: Readonly<Record<string, Advice>> = {
  invalid_api_key: advice(NEVER, "A wrong token, or none", "Give the program the token of a client as its API key."),
  host_not_allowed: advice(NEVER, "Unknown Host header", 'Add the name to "allowedHosts".'),
  origin_not_allowed: advice(
    NEVER,
    "A web page of an origin that is not allowed",
    'If it should, add its origin to "allowedOrigins".',
  ),
  body_over_limit: advice(NEVER, "The request is too large", 'Send less, or raise "maxBodyBytes".'),
  bodies_over_limit: advice(LATER, "Too many large requests at once", "Ask again in a moment."),
  too_many_wrong_tokens: advice(LATER, "Too many wrong tokens from this address", "Ask again in a moment."),
  unsupported_encoding: advice(NEVER, "The body is packed in a way that is not read", "Send it as gzip or deflate."),
  invalid_encoding: advice(NEVER, "The body could not be unpacked", "Send it without Content-Encoding."),
  method_not_allowed: advice(NEVER, "The path takes another method", "The message says which."),
  unknown_path: advice(
    NEVER,
    "A path that is not served",
    "Point the program at chat completions, embeddings or images.",
  ),
  gateway_stopping: advice(LATER, "The gateway was being stopped", "Ask again when it is back."),
  gateway_unreachable: advice(LATER, "The gateway can't be reached", "See that it still runs, then ask again."),
};

const UNKNOWN = advice(NEVER, "It went wrong", "The message says more.");

const MODEL_SPENT = advice(
  NEVER,
  "This model's calls of the day are used up",
  "Take another model, or wait for the reset.",
);

/**
 * What to tell of a code, the core's or the gateway's own.
 *
 * @param isOfSomeModels whether other models may have calls left under the rule
 */
export function adviceFor(code: string | null, isOfSomeModels = false): Advice {
  if (isOfSomeModels && code === "daily_quota") return MODEL_SPENT;
  if (code === null) return UNKNOWN;
  return { ...BY_GATE_CODE, ...BY_CODE }[code.replace(/^free_tier_/, "") as LaplasErrorCode] ?? UNKNOWN;
}
