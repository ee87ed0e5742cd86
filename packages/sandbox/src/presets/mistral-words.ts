import type { Circumstances, ErrorReply, PresetWords } from "./preset.js";
import type { Violation } from "./strictness.js";

/** Mistral's headers and bodies. */
export const mistralWords: PresetWords = {
  answered: (circumstances) => ({ ...minuteHeaders(circumstances), ...queryCost(circumstances) }),
  refused: (circumstances) => ({
    status: 429,
    body: { ...fault("Rate limit exceeded", "rate_limited", "1300"), raw_status_code: 429 },
    headers: minuteHeaders(circumstances),
  }),
  invalid,
  wrongKey: () => ({ status: 401, body: { detail: "Unauthorized" } }),
  unknownModel: (id) => ({
    status: 400,
    body: { ...fault(`Invalid model: ${id}`, "invalid_model", "1500"), raw_status_code: 400 },
  }),
  notFound: () => ({ status: 404, body: { message: "no Route matched with those values" } }),
  tooLong: ({ contextTokens }, tokens) => ({
    status: 400,
    body: fault(
      `Prompt contains ${tokens} tokens, too large for model with ${contextTokens} maximum context length`,
      "invalid_request_prompt",
      "3051",
    ),
  }),
  failed: (status, message) => ({
    status,
    body: fault(message, status < 500 ? "invalid_request" : "internal_server_error", "3000"),
  }),
  hostFailed: () => ({ status: 503, body: fault("Service unavailable.", "unreachable_backend", "1100") }),
  models: (listed) => ({
    object: "list",
    data: listed.map(({ id, contextTokens }) => ({
      id,
      object: "model",
      created: 1_754_407_600,
      owned_by: "mistralai",
      capabilities: { completion_chat: true, function_calling: true, completion_fim: false, vision: false },
      name: id,
      max_context_length: contextTokens,
      aliases: [],
      type: "base",
    })),
  }),
};

/** Of a refusal, the headers of the window that refused; never a reset, never `retry-after`. */
function minuteHeaders({ windows, refusing, completionTokens = 0 }: Circumstances): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const { rule, limit, used } of refusing.length > 0 ? refusing : windows) {
    const name = { requests_minute: "req-minute", tokens_minute: "tokens-minute" }[rule.id];
    if (name === undefined) continue;
    const pending = rule.measure === "total" ? completionTokens : 0;
    headers[`x-ratelimit-limit-${name}`] = String(limit);
    headers[`x-ratelimit-remaining-${name}`] = String(Math.max(0, limit - used - pending));
  }
  return headers;
}

/** The whole answer's tokens; a stream's headers know only the prompt. */
function queryCost({ promptTokens, completionTokens = 0 }: Circumstances): Record<string, string> {
  return { "x-ratelimit-tokens-query-cost": String(promptTokens + completionTokens) };
}

/** Its schema is pydantic's: 422 with places. What the conversation lacks is a 400 with a code. */
function invalid(violations: readonly Violation[]): ErrorReply {
  const [first] = violations;
  const code = /^(\d{4}) (.*)$/s.exec(first?.message ?? "");
  if (first && code) {
    const type = code[1] === "3280" ? "invalid_function_call" : "invalid_request_message_order";
    return { status: 400, body: { ...fault(code[2] ?? "", type, code[1] ?? ""), raw_status_code: 400 } };
  }
  const detail = violations.map(({ kind, path, message, input, role }) => ({
    type: kind === "unknown" ? "extra_forbidden" : "value_error",
    // Within a message, pydantic names the role that chose the schema.
    loc: ["body", ...path.flatMap((step, at) => (at === 1 && role !== undefined ? [step, role] : [step]))],
    msg: kind === "unknown" ? "Extra inputs are not permitted" : message,
    input: input ?? null,
  }));
  return {
    status: 422,
    body: { object: "error", message: { detail }, type: "invalid_request_error", param: null, code: null },
  };
}

function fault(message: string, type: string, code: string): object {
  return { object: "error", message, type, param: null, code };
}
