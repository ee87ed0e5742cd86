import type { LaplasError } from "../errors/laplas-error.js";
import { FatalLimitError, RetryableLimitError } from "../errors/limit-errors.js";
import { FatalUpstreamError, UpstreamError } from "../errors/upstream-errors.js";
import type { ResolvedOptions } from "../options.js";
import type { TransportError } from "../transport/transport.js";
import type { FailureClass } from "./classify-failure.js";

/** What a failed answer said of itself, secrets taken out. */
export interface FailureDetails {
  readonly message: string;
  readonly httpStatus: number;
  readonly requestId?: string;
  readonly billingUrl?: string;
}

/** The error for an answer that the server refused or failed to give. */
export function answerError(
  answer: Exclude<FailureClass, { kind: "quota" | "off" }>,
  { message, ...details }: FailureDetails,
  { tier, provider }: Pick<ResolvedOptions, "tier" | "provider">,
): LaplasError {
  const said = message === "" ? "" : `: ${message.replace(/\.+$/, "")}`;
  switch (answer.kind) {
    case "cost":
      return new FatalLimitError(
        "request_cost",
        `${tier.title}: the server does not draw this, because one image may not need more ${tier.unit.name} than the tier allows${said}. Take a smaller size or a cheaper model. The same request is not sent again today.`,
        { ...details, rule: tier.rules.find(({ kind }) => kind === "maxRequestCost")?.id ?? "upstream" },
      );
    case "request_size":
      return new FatalLimitError(
        "request_size",
        `${tier.title}: the server takes no request as large as this${said}. Send less at once.`,
        { ...details, rule: "upstream" },
      );
    case "rate":
      return new RetryableLimitError("rate_limited", `${tier.title}: the server asks for a pause${said}`, {
        ...details,
        retryAfterMs: answer.retryAfterMs,
      });
    case "transient":
      return new UpstreamError(answer.code, `The upstream answered ${details.httpStatus}${said}`, {
        ...details,
        ...(answer.retryAfterMs === undefined ? {} : { retryAfterMs: answer.retryAfterMs }),
      });
    case "uncertain":
      return new UpstreamError(answer.code, `The upstream answered ${details.httpStatus}${said}`, {
        ...details,
        retryAfterMs: Math.max(answer.retryAfterMs ?? 0, provider.lingerMs),
      });
    case "refused":
      return new FatalUpstreamError(
        answer.code,
        `${refusalOf(answer.code, provider)} (upstream status ${details.httpStatus})${said}`,
        details,
      );
  }
}

const REFUSALS: Readonly<Record<Extract<FailureClass, { kind: "refused" }>["code"], string>> = {
  authentication: "The upstream does not take this key. Check option",
  invalid_request: "The upstream refused the request",
  context_length: "The prompt is longer than the model's maximum context length. Shorten it",
  unexpected_response: "The upstream gave an answer that can't be understood",
};

/** The variable of the key is the provider's. */
function refusalOf(code: keyof typeof REFUSALS, { keyVariable }: ResolvedOptions["provider"]): string {
  if (code !== "authentication") return REFUSALS[code];
  return `${REFUSALS.authentication} "apiKey"${keyVariable === undefined ? "" : ` (${keyVariable})`}`;
}

/** The error for a request that failed below HTTP. */
export function transportFailure(
  error: TransportError,
  { baseURL, provider }: Pick<ResolvedOptions, "baseURL" | "provider">,
): LaplasError {
  const { host } = new URL(baseURL);
  if (error.kind === "undecodable") {
    return new FatalUpstreamError("unexpected_response", `${host}: ${error.message}.`, { cause: error });
  }
  const code = error.kind === "timeout" ? "timeout" : "network";
  // What was sent may still run: another attempt waits until it can't.
  const pause = error.kind === "unsent" ? {} : { retryAfterMs: provider.lingerMs };
  return new UpstreamError(code, `${host}: ${error.message}.`, { cause: error, ...pause });
}
