import { describe, expect, it } from "vitest";
import { documentOf } from "./testing/document-of.js";
import { NOON, openRefusing, type ScriptedAnswer } from "./testing/refusing-provider.js";

/** What one refusal must close, and until when. */
interface Case {
  readonly says: string;
  readonly answer: ScriptedAnswer;
  readonly code: string;
  readonly rule?: string;
  /** After which time another request is sent, which the error says too; absent: none is until somebody asks by hand; 0: at once. */
  readonly opensAfterMs?: number;
  /** Whether another model's call passes meanwhile. */
  readonly closesOthers?: boolean;
}

const groqText = (words: string, wait: string, type = "tokens"): object => ({
  error: {
    message: `Rate limit reached for model \`openai/gpt-oss-120b\` in organization \`org_01\` service tier \`on_demand\` on ${words}. Please try again in ${wait}. Need more tokens? Upgrade to Dev Tier today at https://console.groq.com/settings/billing`,
    type,
    code: "rate_limit_exceeded",
  },
});

/** As the endpoint in OpenAI's shape sends it: a list. */
const geminiBody = (quotaId: string, limit: number, retryDelay: string): object => [
  {
    error: {
      code: 429,
      status: "RESOURCE_EXHAUSTED",
      message: `You exceeded your current quota, please check your plan and billing details. For more information on this error, head to: https://ai.google.dev/gemini-api/docs/rate-limits. \n* Quota exceeded for metric: generativelanguage.googleapis.com/generate_content_free_tier_requests, limit: ${limit}, model: gemini-2.5-flash\nPlease retry in ${retryDelay}.`,
      details: [
        {
          "@type": "type.googleapis.com/google.rpc.Help",
          links: [{ description: "Learn more", url: "https://ai.google.dev/gemini-api/docs/rate-limits" }],
        },
        {
          "@type": "type.googleapis.com/google.rpc.QuotaFailure",
          violations: [
            {
              quotaMetric: "generativelanguage.googleapis.com/generate_content_free_tier_requests",
              quotaId,
              quotaDimensions: { location: "global", model: "gemini-2.5-flash" },
              quotaValue: String(limit),
            },
          ],
        },
        { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: `${Number.parseInt(retryDelay, 10)}s` },
      ],
    },
  },
];

const openrouterBody = (what: string, limit: number, resetsAt: number): object => ({
  error: {
    message: `Rate limit exceeded: ${what}. Add 10 credits to unlock 1000 free model requests per day`,
    code: 429,
    metadata: {
      headers: { "X-RateLimit-Limit": String(limit), "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": `${resetsAt}` },
      limit_source: "openrouter_free_tier_daily",
    },
  },
});

const cerebrasBody = (message: string, code: string): object => ({
  message,
  type: "too_many_requests_error",
  param: "quota",
  code,
});

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** Our clock's margin behind an edge. */
const MARGIN_MS = 2_000;

const CASES: Readonly<Record<string, { readonly models: readonly [string, string]; readonly cases: readonly Case[] }>> =
  {
    groq: {
      models: ["openai/gpt-oss-120b", "openai/gpt-oss-20b"],
      cases: [
        {
          says: "tokens of the day",
          answer: {
            status: 429,
            headers: { "retry-after": "579" },
            body: groqText("tokens per day (TPD): Limit 200000, Used 199500, Requested 1838", "9m38.016s"),
          },
          code: "daily_quota",
          rule: "tokens_a_day",
          opensAfterMs: 578_016,
        },
        {
          says: "tokens of the minute",
          answer: {
            status: 429,
            headers: { "retry-after": "5" },
            body: groqText("tokens per minute (TPM): Limit 8000, Used 7500, Requested 1136", "4.77s"),
          },
          code: "rate_limited",
          rule: "tokens_a_minute",
          opensAfterMs: 4_770,
        },
        {
          says: "requests of the day",
          answer: {
            status: 429,
            body: groqText("requests per day (RPD): Limit 1000, Used 1000, Requested 1", "1m26.4s", "requests"),
          },
          code: "daily_quota",
          rule: "requests_a_day",
          opensAfterMs: 86_400,
        },
        {
          says: "requests of the minute, in milliseconds",
          answer: {
            status: 429,
            body: groqText("requests per minute (RPM): Limit 30, Used 30, Requested 1", "720ms", "requests"),
          },
          code: "rate_limited",
          rule: "requests_a_minute",
          opensAfterMs: 720,
        },
        {
          says: "one request that no minute can hold",
          answer: {
            status: 413,
            body: {
              error: {
                message:
                  "Request too large for model `openai/gpt-oss-120b` in organization `org_01` service tier `on_demand` on tokens per minute (TPM): Limit 8000, Requested 32979, please reduce your message size and try again.",
                type: "tokens",
                code: "rate_limit_exceeded",
              },
            },
          },
          code: "request_size",
          rule: "upstream",
          opensAfterMs: 0,
        },
        {
          says: "a model that has been retired",
          answer: {
            status: 400,
            body: {
              error: {
                message: "The model `llama-3.3-70b-versatile` has been decommissioned and is no longer supported.",
                type: "invalid_request_error",
                code: "model_decommissioned",
              },
            },
          },
          code: "model_not_on_tier",
          rule: "upstream",
        },
      ],
    },
    gemini: {
      models: ["gemini-2.5-flash", "gemini-3.1-flash-lite"],
      cases: [
        {
          says: "requests of the day, whose retryDelay means nothing",
          answer: {
            status: 429,
            body: geminiBody("GenerateRequestsPerDayPerProjectPerModel-FreeTier", 20, "36.429760048s"),
          },
          code: "daily_quota",
          rule: "flash_requests_a_day",
          // Midnight in Los Angeles.
          opensAfterMs: 20 * HOUR_MS + MARGIN_MS,
        },
        {
          says: "requests of the minute",
          answer: {
            status: 429,
            body: geminiBody("GenerateRequestsPerMinutePerProjectPerModel-FreeTier", 5, "36.429760048s"),
          },
          code: "rate_limited",
          rule: "flash_requests_a_minute",
          opensAfterMs: 36_430,
        },
        {
          says: "input tokens of the minute",
          answer: {
            status: 429,
            body: geminiBody("GenerateContentInputTokensPerModelPerMinute-FreeTier", 250_000, "12.5s"),
          },
          code: "rate_limited",
          rule: "input_tokens_a_minute",
          opensAfterMs: 12_500,
        },
        {
          says: "limit: 0, so not on this tier",
          answer: {
            status: 429,
            body: geminiBody("GenerateRequestsPerDayPerProjectPerModel-FreeTier", 0, "36.429760048s"),
          },
          code: "model_not_on_tier",
          rule: "upstream",
        },
        {
          says: "a key that it does not know",
          answer: {
            status: 400,
            body: [
              {
                error: {
                  code: 400,
                  message: "API key not valid. Please pass a valid API key.",
                  status: "INVALID_ARGUMENT",
                },
              },
            ],
          },
          code: "authentication",
          opensAfterMs: 0,
        },
      ],
    },
    openrouter: {
      models: ["deepseek/deepseek-r2:free", "qwen/qwen3.8-27b:free"],
      cases: [
        {
          says: "the account's day, in a header",
          answer: {
            status: 429,
            headers: {
              "x-ratelimit-limit": "50",
              "x-ratelimit-remaining": "0",
              "x-ratelimit-reset": `${NOON + 12 * HOUR_MS}`,
            },
            body: { error: { message: "Rate limit exceeded: free-models-per-day. ", code: 429 } },
          },
          code: "daily_quota",
          rule: "requests_a_day",
          opensAfterMs: 12 * HOUR_MS,
          closesOthers: true,
        },
        {
          says: "the account's day, in the body alone",
          answer: { status: 429, body: openrouterBody("free-models-per-day", 50, NOON + 12 * HOUR_MS) },
          code: "daily_quota",
          rule: "requests_a_day",
          opensAfterMs: 12 * HOUR_MS,
          closesOthers: true,
        },
        {
          says: "the account's larger day",
          answer: { status: 429, body: openrouterBody("free-models-per-day-high-balance", 1_000, NOON + 12 * HOUR_MS) },
          code: "daily_quota",
          rule: "requests_a_day",
          opensAfterMs: 12 * HOUR_MS,
          closesOthers: true,
        },
        {
          says: "the account's minute",
          answer: { status: 429, body: openrouterBody("free-models-per-min", 20, NOON + 41_000) },
          code: "rate_limited",
          rule: "requests_a_minute",
          opensAfterMs: 41_000,
          closesOthers: true,
        },
        {
          says: "the model's host, which closes nothing",
          answer: {
            status: 429,
            body: {
              error: {
                message: "Provider returned error",
                code: 429,
                metadata: {
                  raw: "deepseek/deepseek-r2:free is temporarily rate-limited upstream. Please retry shortly.",
                  provider_name: "Chutes",
                },
              },
            },
          },
          code: "unavailable",
          opensAfterMs: 0,
        },
        {
          says: "the model's host, in an answer of status 200",
          answer: {
            status: 200,
            body: { error: { message: "Provider returned error", code: 502, metadata: { provider_name: "Chutes" } } },
          },
          code: "unavailable",
          opensAfterMs: 0,
        },
        {
          says: "the account's day, in an answer of status 200",
          answer: { status: 200, body: openrouterBody("free-models-per-day", 50, NOON + 12 * HOUR_MS) },
          code: "daily_quota",
          rule: "requests_a_day",
          opensAfterMs: 12 * HOUR_MS,
          closesOthers: true,
        },
        {
          says: "a balance below zero, which closes free models as well",
          answer: {
            status: 402,
            body: {
              error: {
                message: "Insufficient credits. Add more using https://openrouter.ai/settings/credits",
                code: 402,
              },
            },
          },
          code: "payment_required",
          rule: "upstream",
          closesOthers: true,
        },
      ],
    },
    cloudflare: {
      models: ["@cf/openai/gpt-oss-120b", "@cf/openai/gpt-oss-20b"],
      cases: [
        {
          says: "the day's neurons",
          answer: {
            status: 429,
            body: {
              success: false,
              errors: [
                {
                  code: 3036,
                  message:
                    "You have used up your daily free allocation of 10,000 neurons. Please upgrade to Cloudflare's Workers Paid plan if you would like to continue usage.",
                },
              ],
            },
          },
          code: "daily_quota",
          rule: "neurons_a_day",
          opensAfterMs: 12 * HOUR_MS + MARGIN_MS,
          closesOthers: true,
        },
        {
          says: "that there is no such model",
          answer: {
            status: 400,
            body: {
              success: false,
              errors: [{ code: 5007, message: "No such model @cf/openai/gpt-oss-120b or task" }],
            },
          },
          code: "model_not_on_tier",
          rule: "upstream",
        },
        {
          says: "nothing but 429, so a minute's pause of all calls",
          answer: { status: 429, body: "" },
          code: "hourly_quota",
          rule: "requests_a_minute",
          opensAfterMs: MINUTE_MS + MARGIN_MS,
          closesOthers: true,
        },
        {
          says: "no machine for the model, which closes nothing",
          answer: {
            status: 429,
            body: {
              success: false,
              errors: [{ code: 3040, message: "Capacity temporarily exceeded, please try again." }],
            },
          },
          code: "unavailable",
          opensAfterMs: 0,
        },
      ],
    },
    mistral: {
      models: ["mistral-small-latest", "codestral-latest"],
      cases: [
        {
          says: "a limit of 0: a valid key without a plan",
          answer: {
            status: 429,
            headers: { "x-ratelimit-limit-req-minute": "0", "x-ratelimit-remaining-req-minute": "0" },
            body: { object: "error", message: "Rate limit exceeded", type: "rate_limited", param: null, code: "1300" },
          },
          code: "model_not_on_tier",
          rule: "upstream",
        },
        {
          says: "requests of the minute",
          answer: {
            status: 429,
            headers: { "x-ratelimit-limit-req-minute": "4", "x-ratelimit-remaining-req-minute": "0" },
            body: { object: "error", message: "Rate limit exceeded", type: "rate_limited", param: null, code: "1300" },
          },
          code: "hourly_quota",
          rule: "requests_a_minute",
          opensAfterMs: MINUTE_MS + MARGIN_MS,
        },
        {
          says: "tokens of the minute",
          answer: {
            status: 429,
            headers: {
              "x-ratelimit-limit-req-minute": "4",
              "x-ratelimit-remaining-req-minute": "3",
              "x-ratelimit-limit-tokens-minute": "500000",
              "x-ratelimit-remaining-tokens-minute": "0",
              "x-ratelimit-tokens-query-cost": "1200",
            },
            body: { object: "error", message: "Rate limit exceeded", type: "rate_limited", param: null, code: "1300" },
          },
          code: "hourly_quota",
          rule: "tokens_a_minute",
          opensAfterMs: MINUTE_MS + MARGIN_MS,
        },
        {
          says: "nothing of the window, so a short pause of the model",
          answer: {
            status: 429,
            body: { object: "error", message: "Rate limit exceeded", type: "rate_limited", code: "1300" },
          },
          code: "rate_limited",
          opensAfterMs: 5_000,
        },
      ],
    },
    cerebras: {
      models: ["gpt-oss-120b", "gemma-4-31b"],
      cases: [
        {
          says: "tokens of the minute",
          answer: {
            status: 429,
            headers: { "retry-after": "17" },
            body: cerebrasBody("Tokens per minute limit exceeded - too many tokens processed.", "token_quota_exceeded"),
          },
          code: "rate_limited",
          rule: "tokens_a_minute",
          opensAfterMs: 17_000,
        },
        {
          says: "tokens of the day",
          answer: {
            status: 429,
            headers: { "retry-after": "33012" },
            body: cerebrasBody("Tokens per day limit exceeded - too many tokens processed.", "token_quota_exceeded"),
          },
          code: "daily_quota",
          rule: "tokens_a_day",
          opensAfterMs: 33_012_000,
        },
        {
          says: "requests of the day, with decimal seconds in a header, at which the bucket is full and long before which it has room",
          answer: {
            status: 429,
            headers: { "x-ratelimit-remaining-requests-day": "0", "x-ratelimit-reset-requests-day": "33011.382867" },
            body: cerebrasBody("Requests per day limit exceeded - too many requests sent.", "request_quota_exceeded"),
          },
          code: "daily_quota",
          rule: "requests_a_day",
          opensAfterMs: HOUR_MS + MARGIN_MS,
        },
        {
          says: "a queue that is full for all, which closes nothing",
          answer: {
            status: 429,
            body: {
              message: "We're experiencing high traffic right now! Please try again soon.",
              type: "too_many_requests_error",
              param: "queue",
              code: "queue_exceeded",
            },
          },
          code: "unavailable",
          opensAfterMs: 0,
        },
        {
          says: "payment",
          answer: {
            status: 402,
            body: {
              message: "Payment required to access this resource.",
              type: "payment_required_error",
              param: "quota",
              code: "payment_required",
            },
          },
          code: "payment_required",
          rule: "upstream",
          closesOthers: true,
        },
      ],
    },
    sambanova: {
      models: ["DeepSeek-V3.2", "gpt-oss-120b"],
      cases: [
        {
          says: "nothing of the window, so a pause of all calls as long as it names",
          answer: {
            status: 429,
            headers: { "retry-after": "1800" },
            body: { error: { message: "rate limit exceeded" } },
          },
          code: "hourly_quota",
          rule: "requests_a_minute",
          opensAfterMs: 1_800_000,
          closesOthers: true,
        },
      ],
    },
    nvidia: {
      models: ["meta/llama-4-maverick", "openai/gpt-oss-120b"],
      cases: [
        {
          says: "nothing but 429",
          answer: { status: 429, body: { status: 429, title: "Too Many Requests" } },
          code: "hourly_quota",
          rule: "requests_a_minute",
          opensAfterMs: MINUTE_MS + MARGIN_MS,
          closesOthers: true,
        },
        {
          says: "that the model is gone",
          answer: {
            status: 410,
            body: { status: 410, title: "Gone", detail: "The model has reached its end of life." },
          },
          code: "model_not_on_tier",
          rule: "upstream",
        },
      ],
    },
  };

describe.each(Object.entries(CASES))("a refusal of %s", (id, { models, cases }) => {
  it.each(cases.map((one) => [one.says, one] as const))("says: %s", async (_, one) => {
    const { ask, next, sent, engine, clock } = await openRefusing(documentOf(id), models);
    const [model, other] = models;
    next.push(one.answer);
    const refused = await ask(model);
    expect(refused).toMatchObject({ code: one.code, ...(one.rule === undefined ? {} : { rule: one.rule }) });
    const opensAt = NOON + (one.opensAfterMs ?? 400 * 24 * HOUR_MS);
    if (one.opensAfterMs === undefined || one.opensAfterMs === 0) expect(refused).toMatchObject({ opensAt: undefined });
    else expect(refused).toMatchObject({ opensAt });

    // Mistral lets one request through in a second and a tenth.
    if (id === "mistral") clock.now += 1_100;
    expect((await ask(other)) === "answered").toBe(one.closesOthers !== true);
    const before = sent.length;
    if (one.opensAfterMs !== 0) {
      clock.now = opensAt - 1;
      expect(await ask(model)).not.toBe("answered");
      expect(sent.length).toBe(before);
      clock.now = opensAt;
    }
    // What no time ends, a hand does.
    if (one.opensAfterMs === undefined) {
      expect(await ask(model)).toMatchObject({ code: one.code });
      await engine.resume();
    }
    expect(await ask(model)).toBe("answered");
  });
});
