import type { CostUnit } from "../../cost/meter.js";
import type { Evidence, Tier } from "../../tier/tier.js";

/** 2,000,000 of them are 1 USD. */
export const API_TOKENS: CostUnit = { name: "API tokens", field: "apiTokens" };

const FREE_TIER_PAGE = "laplas documentation, How to use the Free Tier?";
const FORK_DATE = "2025-04-16";
const ONE_IMAGE_MODELS = [
  "flux/schnell",
  "flux-pro",
  "flux-pro/v1.1",
  "flux-pro/v1.1-ultra",
  "flux/dev",
  "flux/dev/image-to-image",
  "flux-realism",
  "stable-diffusion-v3-medium",
  "stable-diffusion-v35-large",
  "recraft-v3",
];

function published(source: string): Evidence {
  return { source, date: FORK_DATE, status: "published" };
}

function assumed(source: string): Evidence {
  return { source, date: FORK_DATE, status: "assumed" };
}

/** The free tier as calls through the API meet it. */
export const freeTier: Tier = {
  name: "free",
  title: "laplas free tier",
  unit: API_TOKENS,
  rules: [
    {
      id: "modalities",
      kind: "allowedModalities",
      modalities: ["chat", "embedding", "image"],
      evidence: published(`${FREE_TIER_PAGE}: chat completion, embedding and image models can be used`),
    },
    {
      id: "output_tokens",
      kind: "maxOutputTokens",
      limit: 512,
      onExcess: "adjust",
      evidence: published(`${FREE_TIER_PAGE}: at most 512 output tokens; that model tokens are meant is assumed`),
    },
    {
      id: "image_input",
      kind: "forbiddenContent",
      partTypes: ["image_url", "image", "input_image"],
      evidence: published(`${FREE_TIER_PAGE}: image attachments in messages are not supported`),
    },
    {
      id: "image_count",
      kind: "maxImages",
      limit: 1,
      models: ONE_IMAGE_MODELS,
      onExcess: "split",
      evidence: published(`${FREE_TIER_PAGE}: one image at a time with the models listed there`),
    },
    {
      id: "image_size",
      kind: "maxImageSize",
      width: 512,
      height: 512,
      models: ["dall-e-2", "dall-e-3"],
      onExcess: "adjust",
      evidence: published(`${FREE_TIER_PAGE}: 512x512 pixels with dall-e-2 and dall-e-3`),
    },
    {
      id: "request_cost",
      kind: "maxRequestCost",
      limit: 512,
      modalities: ["image"],
      evidence: published(`${FREE_TIER_PAGE}: an image that needs more than 512 API tokens is not processed`),
    },
    {
      id: "one_at_a_time",
      kind: "concurrency",
      limit: 1,
      evidence: assumed("printed for the Playground; taken for the API as well, because queueing never refuses"),
    },
    {
      id: "daily_api_tokens",
      kind: "window",
      meter: "credits",
      limit: 50_000,
      period: { type: "day", zone: "UTC", resetHour: 0 },
      scope: "account",
      marginMs: 2_000,
      evidence: assumed(
        "50,000 API tokens a day are published for the Playground; the API's 403 names plan.rule:api_token; the reset hour is nowhere",
      ),
    },
  ],
};

/** The free tier as the web Playground gives it. */
export const playgroundTier: Tier = {
  name: "playground",
  title: "laplas Playground",
  unit: API_TOKENS,
  rules: [
    ...freeTier.rules,
    {
      id: "daily_requests",
      kind: "window",
      meter: "requests",
      limit: 10,
      period: { type: "day", zone: "UTC", resetHour: 0 },
      scope: "model",
      marginMs: 2_000,
      evidence: assumed(`${FREE_TIER_PAGE}: 10 free requests a day with regular models; per model is assumed`),
    },
  ],
};

/** A plan without limits; also the tier to use behind one's own gateway, which keeps the account already. */
export const paidTier: Tier = { name: "paid", title: "laplas paid plan", unit: API_TOKENS, rules: [] };

/** Names of laplas's tiers. */
export type TierName = "free" | "playground" | "paid";
