import { minuteShape } from "./minute-shape.js";
import type { Circumstances, ErrorReply, Preset, PresetModel, WindowRule } from "./preset.js";
import type { PresetSettings } from "./preset-settings.js";
import type { Violation } from "./strictness.js";

/*
 * Cloudflare's Workers AI on the free plan, from its pages of September 2026: 10,000 neurons a UTC day for the account, by
 * model and token, 300 requests a minute, 256 tokens of output unless more is asked for. No header reports anything.
 */

const limits = { neurons_day: 10_000, requests_minute: 300 };

const rows: readonly (readonly [string, number, number])[] = [
  ["@cf/openai/gpt-oss-120b", 31_818, 68_182],
  ["@cf/meta/llama-3.3-70b-instruct-fp8-fast", 26_668, 204_805],
  ["@cf/meta/llama-3.1-8b-instruct-fp8-fast", 4119, 34_868],
  ["@cf/meta/llama-3.2-3b-instruct", 4625, 30_475],
];

const models: readonly PresetModel[] = rows.map(([id, input, output]) => ({
  id,
  contextTokens: 131_072,
  limits,
  neurons: { input, output },
}));

/** Cloudflare's Workers AI on the free plan. */
export function cloudflare({ minute = "sliding", refusals = "bare" }: PresetSettings): Preset {
  const windows: readonly WindowRule[] = [
    {
      id: "neurons_day",
      measure: "neurons",
      scope: "account",
      shape: { kind: "calendar", unit: "day", timeZone: "UTC" },
      admits: "anyRemaining",
    },
    { id: "requests_minute", measure: "requests", scope: "model", shape: minuteShape(minute) },
  ];
  return {
    name: "cloudflare",
    base: "/client/v4/accounts/:account/ai",
    clientPath: "/client/v4/accounts/sandbox/ai/v1",
    routes: { "POST /v1/chat/completions": "chat", "GET /models/search": "models" },
    models,
    windows,
    defaultMaxTokens: 256,
    strictness: {
      root: "any",
      messages: { system: "any", user: "any", assistant: "any", tool: "any" },
      toolFunction: "any",
      plainContent: true,
      // Its models name the cap `max_tokens`; another key is overlooked, and 256 stays.
      capNames: ["max_tokens"],
    },
    words: {
      answered: () => ({}),
      refused: (circumstances) => refused(circumstances, refusals === "published"),
      invalid,
      wrongKey: () => fault(401, 10000, "Authentication error"),
      unknownModel: (id) => fault(400, 5007, `No such model ${id} or task`),
      notFound: (method, path) => fault(404, 7000, `No route for that URI: ${method} ${path}`),
      tooLong: ({ contextTokens }, tokens) =>
        fault(
          413,
          5021,
          `AiError: The estimated number of input and maximum output tokens (${tokens}) exceeded this model context window limit (${contextTokens}).`,
        ),
      failed: (status, message) => fault(status, status * 10, message),
      hostFailed: () => fault(429, 3040, "No more data centers to forward the request to"),
      models: (listed) => ({
        success: true,
        result: listed.map(({ id, contextTokens }) => ({
          id,
          source: 1,
          name: id,
          description: "",
          task: { id: "c329a1f9-323d-4e91-b2aa-582dd4188d34", name: "Text Generation", description: "" },
          properties: [{ property_id: "context_window", value: String(contextTokens) }],
        })),
        errors: [],
        messages: [],
      }),
    },
  };
}

/** Nothing tells the minute from the day, unless the published text is asked for. */
function refused({ refusing }: Circumstances, published: boolean): ErrorReply {
  const daily = refusing.some(({ rule }) => rule.id === "neurons_day");
  if (!published || !daily) {
    return { status: 429, body: { result: null, success: false, errors: [], messages: [] } };
  }
  return fault(
    429,
    4006,
    "you have used up your daily free allocation of 10,000 neurons, please upgrade to Cloudflare's Workers Paid plan if you would like to continue usage.",
  );
}

function invalid(violations: readonly Violation[]): ErrorReply {
  const problems = violations.map(({ message }) => message).join(", ");
  return fault(
    400,
    5006,
    `AiError: Bad input: Error: oneOf at '/' not met, 0 matches: required properties at '/' are 'prompt', ${problems}`,
  );
}

function fault(status: number, code: number, message: string): ErrorReply {
  return { status, body: { errors: [{ message, code }], success: false, result: {}, messages: [] } };
}
