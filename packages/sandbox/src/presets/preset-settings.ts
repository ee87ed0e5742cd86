/** What is not known of a provider, or differs between accounts. Each preset reads what concerns it. */
export interface PresetSettings {
  /** Shape of the minute, where it is not known: Gemini, OpenRouter, Mistral, Cloudflare. @default the preset's own */
  minute?: "calendar" | "sliding" | "bucket";
  /** Groq: output that was asked for and not used comes back at the end. @default false */
  refund?: boolean;
  /** Mistral: an account without a plan, whose limits are 0. @default false */
  limitZero?: boolean;
  /** Cloudflare: refusals with the published texts and codes, where `bare` has neither. @default "bare" */
  refusals?: "bare" | "published";
  /** Gemini: takes tools with any JSON schema, instead of the OpenAPI subset. @default false */
  anyToolSchema?: boolean;
  /** OpenRouter: USD on the account; below 0 everything is a 402, at 0 models with a price are. @default 0 */
  balanceUsd?: number;
  /** OpenRouter: 10 credits were bought once, so a day has 1000 requests. @default false */
  boughtCredits?: boolean;
  /** Limits in place of the preset's, by model and window id; those under `*` hold for all models that have the window. */
  limits?: Readonly<Record<string, Readonly<Record<string, number>>>>;
}
