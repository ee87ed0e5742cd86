/** What the upstream refuses. `null` switches a rule off. */
export interface SandboxRules {
  /** API tokens per key and day; a request is refused when this much is charged at its arrival. @default 50_000 */
  dailyApiTokens: number | null;
  /** Hour of the day (UTC, 0 to 23) at which the day really starts; nobody published it. @default 0 */
  resetHourUtc: number;
  /** Requests per key, model and day (published for the Playground only). @default null */
  requestsPerModelPerDay: number | null;
  /** The rule of before 2025-03: requests per key and hour of the clock. @default null */
  hourlyRequests: number | null;
  /** Requests of one key that may run at the same time. @default 1 */
  concurrency: number | null;
  /** Largest output a request may ask for, in model tokens; more is refused, not clamped. @default 512 */
  maxOutputTokens: number | null;
  /** API tokens in any span of this length, beside the daily budget. @default null */
  rollingWindow: { apiTokens: number; spanMs: number } | null;
  /** Whether messages may carry images. @default false */
  imageAttachments: boolean;
  /** Images per request with the ten models that the free-tier page lists for it. @default 1 */
  maxImages: number | null;
  /** Longest side of a dall-e image in pixels; a body without a size asks for 1024x1024. @default 512 */
  maxDallePixels: number | null;
  /** API tokens that one image may need; above that it is not made. @default 512 */
  maxImageApiTokens: number | null;
  /** Whether models that cost nothing answer on a spent budget; the published page says that calls are refused, not which. @default false */
  zeroCostWhenSpent: boolean;
}

/** The published free tier of the API, with the open points at their strict default. */
export const freeRules: SandboxRules = Object.freeze({
  dailyApiTokens: 50_000,
  resetHourUtc: 0,
  requestsPerModelPerDay: null,
  hourlyRequests: null,
  concurrency: 1,
  maxOutputTokens: 512,
  rollingWindow: null,
  imageAttachments: false,
  maxImages: 1,
  maxDallePixels: 512,
  maxImageApiTokens: 512,
  zeroCostWhenSpent: false,
});

/** A paying key: nothing is limited. */
export const paidRules: SandboxRules = Object.freeze({
  ...freeRules,
  dailyApiTokens: null,
  concurrency: null,
  maxOutputTokens: null,
  imageAttachments: true,
  maxImages: null,
  maxDallePixels: null,
  maxImageApiTokens: null,
});

const limits = [
  "dailyApiTokens",
  "requestsPerModelPerDay",
  "hourlyRequests",
  "concurrency",
  "maxOutputTokens",
  "maxImages",
  "maxDallePixels",
  "maxImageApiTokens",
] as const;

/** Fills in the free tier and throws a `TypeError` on a rule that makes no sense. */
export function resolveRules(given: Partial<SandboxRules> = {}): SandboxRules {
  const rules: SandboxRules = { ...freeRules, ...given };
  for (const name of limits) {
    const value = rules[name];
    if (value !== null && !(value >= 0)) throw new TypeError(`rules.${name} must be a number from 0 or null`);
  }
  if (!Number.isInteger(rules.resetHourUtc) || rules.resetHourUtc < 0 || rules.resetHourUtc > 23) {
    throw new TypeError("rules.resetHourUtc must be a whole hour from 0 to 23");
  }
  return rules;
}
