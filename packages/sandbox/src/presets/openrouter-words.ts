import type { Circumstances, ErrorReply, HostFailure, PresetModel, PresetWords, WindowState } from "./preset.js";
import type { Violation } from "./strictness.js";

/** OpenRouter's headers and bodies. */
export function openrouterWords(boughtCredits: boolean): PresetWords {
  return {
    answered: () => ({}),
    refused: (circumstances) => refused(circumstances, boughtCredits),
    invalid: ([violation]) => invalid(violation),
    wrongKey: (given) => fault(401, given ? "User not found." : "No cookie auth credentials found"),
    unknownModel: (id) => fault(400, `${id} is not a valid model ID`),
    notFound: () => fault(404, "Not Found"),
    tooLong: ({ contextTokens }, tokens) =>
      fault(
        400,
        `This endpoint's maximum context length is ${contextTokens} tokens. However, you requested about ${tokens} tokens. Please reduce the length of either one, or use the "middle-out" transform to compress your prompt automatically.`,
      ),
    failed: (status, message) =>
      status === 402
        ? fault(402, "Insufficient credits. Add more using https://openrouter.ai/settings/credits", {
            limit_source: "openrouter_credits",
            remedy_hint:
              "Add credits at https://openrouter.ai/settings/credits, or lower max_tokens / prompt size to fit your remaining balance.",
          })
        : fault(status, message),
    hostFailed,
    models: (listed) => ({ data: listed.map(modelRow) }),
    key: (states) => keyReport(states, boughtCredits),
  };
}

/** The platform's own 429 is the only answer with rate headers, in its headers and once more in its body. */
function refused({ refusing, now }: Circumstances, boughtCredits: boolean): ErrorReply {
  const [state] = refusing;
  if (!state) return fault(429, "Rate limit exceeded");
  const daily = state.rule.id === "requests_day";
  const headers = {
    "X-RateLimit-Limit": String(state.limit),
    "X-RateLimit-Remaining": String(Math.max(0, state.limit - state.used)),
    "X-RateLimit-Reset": String(Math.ceil(now + (daily ? state.resetMs : state.waitMs))),
  };
  const message = !daily
    ? "Rate limit exceeded: free-models-per-min. "
    : boughtCredits
      ? "Rate limit exceeded: free-models-per-day-high-balance. "
      : "Rate limit exceeded: free-models-per-day. Add 10 credits to unlock 1000 free model requests per day";
  const metadata = {
    headers,
    limit_source: daily ? "openrouter_free_tier_daily" : "openrouter_free_models_per_min",
    remedy_hint: daily ? "Wait for the daily reset" : "Retry shortly",
    provider_name: null,
  };
  return { ...fault(429, message, metadata), headers };
}

/** What a host said comes in `metadata.raw`, under a message that says nothing. */
function hostFailed(failure: HostFailure, { id }: PresetModel): ErrorReply {
  const busy = failure === "rateLimited";
  return fault(busy ? 429 : 502, "Provider returned error", {
    raw: busy
      ? `${id} is temporarily rate-limited upstream. Please retry shortly, or add your own key to accumulate your rate limits: https://openrouter.ai/settings/integrations`
      : "upstream connect error or disconnect/reset before headers",
    provider_name: "SandboxHost",
    ...(busy ? { limit_source: "upstream_provider_shared_pool" } : {}),
  });
}

function modelRow({ id, contextTokens, price: cost, tools }: PresetModel): object {
  return {
    id,
    canonical_slug: id.replace(/:free$/, ""),
    name: id,
    created: 1_754_407_600,
    context_length: contextTokens,
    architecture: { modality: "text->text", input_modalities: ["text"], output_modalities: ["text"] },
    pricing: {
      prompt: String(cost?.input ?? 0),
      completion: String(cost?.output ?? 0),
      request: "0",
      image: "0",
    },
    top_provider: { context_length: contextTokens, max_completion_tokens: null, is_moderated: false },
    per_request_limits: null,
    supported_parameters: ["max_tokens", "temperature", "stop", ...(tools === false ? [] : ["tools", "tool_choice"])],
  };
}

function keyReport(states: readonly WindowState[], boughtCredits: boolean): object {
  const day = states.find(({ rule }) => rule.id === "requests_day");
  const spend = { usage: 0, usage_daily: 0, usage_weekly: 0, usage_monthly: 0 };
  return {
    data: {
      label: "sk-or-v1-san...box",
      limit: null,
      limit_reset: null,
      limit_remaining: null,
      include_byok_in_limit: false,
      ...spend,
      ...Object.fromEntries(Object.entries(spend).map(([name, value]) => [`byok_${name}`, value])),
      is_free_tier: !boughtCredits,
      is_management_key: false,
      is_provisioning_key: false,
      rate_limit: { requests: -1, interval: "10s", note: "This field is deprecated and safe to ignore." },
      ...(day
        ? {
            free_model_daily_requests: {
              limit: day.limit,
              remaining: Math.max(0, day.limit - day.used),
              used: day.used,
            },
          }
        : {}),
    },
  };
}

function invalid(violation: Violation | undefined): ErrorReply {
  const message = violation?.message ?? "Bad Request";
  if (message.startsWith("No endpoints")) return fault(404, message);
  return fault(400, violation && violation.path.length > 0 ? `${violation.path.join(".")}: ${message}` : message);
}

function fault(code: number, message: string, metadata?: object): ErrorReply {
  return {
    status: code,
    body: { error: { message, code, ...(metadata ? { metadata } : {}) }, user_id: "user_sandbox" },
  };
}
