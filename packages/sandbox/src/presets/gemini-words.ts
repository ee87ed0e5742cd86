import { goDuration } from "./go-duration.js";
import type { Circumstances, ErrorReply, PresetWords, WindowState } from "./preset.js";
import type { Violation } from "./strictness.js";

/** What Google says of each window in a refusal. */
const quotas: Readonly<Record<string, { metric: string; id: string }>> = {
  requests_minute: { metric: "requests", id: "GenerateRequestsPerMinutePerProjectPerModel-FreeTier" },
  requests_day: { metric: "requests", id: "GenerateRequestsPerDayPerProjectPerModel-FreeTier" },
  input_minute: { metric: "input_token_count", id: "GenerateContentInputTokensPerModelPerMinute-FreeTier" },
};

/** Google's bodies; its headers say nothing. */
export const geminiWords: PresetWords = {
  answered: () => ({}),
  refused,
  invalid,
  wrongKey: (given) =>
    given
      ? fault(400, "API key not valid. Please pass a valid API key.", "INVALID_ARGUMENT", [
          {
            "@type": "type.googleapis.com/google.rpc.ErrorInfo",
            reason: "API_KEY_INVALID",
            domain: "googleapis.com",
            metadata: { service: "generativelanguage.googleapis.com" },
          },
        ])
      : fault(401, "Missing or invalid Authorization header.", "UNAUTHENTICATED"),
  unknownModel: (id) =>
    fault(
      404,
      `models/${id} is not found for API version v1main, or is not supported for generateContent. Call ListModels to see the list of available models and their supported methods.`,
      "NOT_FOUND",
    ),
  notFound: () => fault(404, "Requested entity was not found.", "NOT_FOUND"),
  tooLong: (model, tokens) =>
    fault(
      400,
      `The input token count (${tokens}) exceeds the maximum number of tokens allowed (${model.contextTokens}).`,
      "INVALID_ARGUMENT",
    ),
  failed: (status, message) => fault(status, message, status === 503 ? "UNAVAILABLE" : "INTERNAL"),
  hostFailed: () => fault(503, "The model is overloaded. Please try again later.", "UNAVAILABLE"),
  models: (listed) => ({
    object: "list",
    data: listed.map(({ id }) => ({ id: `models/${id}`, object: "model", owned_by: "google", display_name: id })),
  }),
};

/** All windows that refuse, and a delay that is short also where the day is used up. */
function refused({ model, refusing }: Circumstances): ErrorReply {
  const none = refusing.filter(({ limit }) => limit === 0);
  const states = none.length > 0 ? none : refusing;
  const delayMs = retryMs(states);
  const metrics = states.map(
    ({ rule, limit }) =>
      `* Quota exceeded for metric: generativelanguage.googleapis.com/generate_content_free_tier_${quotas[rule.id]?.metric}, limit: ${limit}, model: ${model.id}`,
  );
  const message = [
    "You exceeded your current quota, please check your plan and billing details. For more information on this error, head to: https://ai.google.dev/gemini-api/docs/rate-limits. To monitor your current usage, head to: https://ai.dev/rate-limit. ",
    ...metrics,
    `Please retry in ${goDuration(delayMs)}.`,
  ].join("\n");
  return fault(429, message, "RESOURCE_EXHAUSTED", [
    {
      "@type": "type.googleapis.com/google.rpc.Help",
      links: [
        { description: "Learn more about Gemini API quotas", url: "https://ai.google.dev/gemini-api/docs/rate-limits" },
      ],
    },
    {
      "@type": "type.googleapis.com/google.rpc.QuotaFailure",
      violations: states.map(({ rule, limit }) => ({
        quotaMetric: `generativelanguage.googleapis.com/generate_content_free_tier_${quotas[rule.id]?.metric}`,
        quotaId: quotas[rule.id]?.id,
        quotaDimensions: { location: "global", model: model.id },
        // A limit of 0 is protobuf's default, which its JSON leaves out.
        ...(limit === 0 ? {} : { quotaValue: String(limit) }),
      })),
    },
    { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: `${Math.floor(delayMs / 1000)}s` },
  ]);
}

/** A real wait for minutes; 36 s, as was seen, where no wait of that kind helps. */
function retryMs(states: readonly WindowState[]): number {
  const longest = Math.max(...states.map(({ waitMs }) => waitMs));
  return longest > 60_000 ? 36_429.760048 : longest;
}

function invalid(violations: readonly Violation[]): ErrorReply {
  const texts = violations.map(({ kind, path, message }) => {
    if (kind === "invalid") return message;
    const place = path.length === 1 ? "" : ` at '${placeOf(path.slice(0, -1))}'`;
    return `Invalid JSON payload received. Unknown name "${path.at(-1)}"${place}: Cannot find field.`;
  });
  return fault(400, texts.join("\n"), "INVALID_ARGUMENT", [
    {
      "@type": "type.googleapis.com/google.rpc.BadRequest",
      fieldViolations: texts.map((description) => ({ description })),
    },
  ]);
}

function placeOf(path: readonly (string | number)[]): string {
  return path.map((step, index) => (typeof step === "number" ? `[${step}]` : index === 0 ? step : `.${step}`)).join("");
}

/** The endpoint wraps its errors in an array. */
function fault(code: number, message: string, status: string, details?: readonly object[]): ErrorReply {
  return { status: code, body: [{ error: { code, message, status, ...(details ? { details } : {}) } }] };
}
