import { goDuration } from "./go-duration.js";
import type { Circumstances, ErrorReply, PresetWords, WindowState } from "./preset.js";
import type { Violation } from "./strictness.js";

const names: Readonly<Record<string, { text: string; type: string }>> = {
  requests_minute: { text: "requests per minute (RPM)", type: "requests" },
  requests_day: { text: "requests per day (RPD)", type: "requests" },
  tokens_minute: { text: "tokens per minute (TPM)", type: "tokens" },
  tokens_day: { text: "tokens per day (TPD)", type: "tokens" },
};

/** Groq's headers and bodies. */
export const groqWords: PresetWords = {
  answered: rateHeaders,
  refused,
  invalid: (violations) => fault(400, validationText(violations[0]), "invalid_request_error"),
  wrongKey: () => fault(401, "Invalid API Key", "invalid_request_error", "invalid_api_key"),
  unknownModel: (id) =>
    fault(
      404,
      `The model \`${id}\` does not exist or you do not have access to it.`,
      "invalid_request_error",
      "model_not_found",
    ),
  notFound: (method, path) =>
    fault(
      404,
      `Unknown request URL: ${method} ${path}. Please check the URL for typos, or see the docs at https://console.groq.com/docs/`,
      "invalid_request_error",
      "unknown_url",
    ),
  tooLong: () =>
    fault(
      400,
      "Please reduce the length of the messages or completion.",
      "invalid_request_error",
      "context_length_exceeded",
    ),
  failed: (status, message) => fault(status, message, status < 500 ? "invalid_request_error" : "internal_server_error"),
  hostFailed: () => fault(503, "Service Unavailable", "internal_server_error"),
  models: (listed) => ({
    object: "list",
    data: listed.map(({ id, contextTokens }) => ({
      id,
      object: "model",
      created: 1_754_407_600,
      owned_by: id.split("/")[0],
      active: true,
      context_window: contextTokens,
      public_apps: null,
      max_completion_tokens: 32_768,
    })),
  }),
};

/** The `-requests` headers are the day's, the `-tokens` headers the minute's; nothing reports the other two windows. */
function rateHeaders({ windows: states }: Circumstances): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, id] of [
    ["requests", "requests_day"],
    ["tokens", "tokens_minute"],
  ] as const) {
    const state = states.find(({ rule }) => rule.id === id);
    if (!state) continue;
    headers[`x-ratelimit-limit-${name}`] = String(state.limit);
    headers[`x-ratelimit-remaining-${name}`] = String(Math.max(0, state.limit - Math.ceil(state.used - 1e-6)));
    headers[`x-ratelimit-reset-${name}`] = goDuration(state.resetMs);
  }
  return headers;
}

/** Refuses by the window that never fits, else by the first that does not. `retry-after` comes with both, also where no wait helps. */
function refused(circumstances: Circumstances): ErrorReply {
  const { refusing, model } = circumstances;
  const never = refusing.find(({ needed, limit }) => needed > limit);
  const [first] = refusing;
  const state = never ?? first;
  if (!state) return fault(429, "Rate limit reached", "tokens", "rate_limit_exceeded");
  const { text, type } = names[state.rule.id] ?? { text: state.rule.id, type: "tokens" };
  const used = Math.ceil(state.used - 1e-6);
  const waitMs = waitOf(state, used);
  const place = `model \`${model.id}\` in organization \`org_sandbox\` service tier \`on_demand\` on ${text}: Limit ${state.limit}`;
  const message = never
    ? `Request too large for ${place}, Requested ${state.needed}, please reduce your message size and try again. Need more tokens? Upgrade to Dev Tier today at https://console.groq.com/settings/billing`
    : `Rate limit reached for ${place}, Used ${used}, Requested ${state.needed}. Please try again in ${goDuration(waitMs)}. Need more tokens? Upgrade to Dev Tier today at https://console.groq.com/settings/billing`;
  return {
    ...fault(never ? 413 : 429, message, type, "rate_limit_exceeded"),
    headers: { ...rateHeaders(circumstances), "retry-after": String(Math.max(1, Math.ceil(waitMs / 1000))) },
  };
}

function waitOf({ rule, limit, needed }: WindowState, used: number): number {
  const spanMs = rule.shape.kind === "bucket" ? rule.shape.spanMs : 60_000;
  return limit === 0 ? spanMs : ((used + needed - limit) / limit) * spanMs;
}

function fault(status: number, message: string, type: string, code?: string): ErrorReply {
  return { status, body: { error: { message, type, ...(code === undefined ? {} : { code }) } } };
}

function validationText(violation: Violation | undefined): string {
  if (!violation) return "invalid request";
  const { kind, path, role, message } = violation;
  if (kind === "invalid") return path.length === 0 ? message : `'${path.join(".")}' : ${message}`;
  const key = String(path.at(-1));
  if (path.length === 1) return `property '${key}' is unsupported`;
  const place = `'${path.slice(0, -1).join(".")}'`;
  const problem = `${place} : property '${key}' is unsupported`;
  return role === undefined ? problem : `${place} : for 'role:${role}' the following must be satisfied[(${problem})]`;
}
