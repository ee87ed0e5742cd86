import type { Adjustment } from "../request/adjustment.js";
import type { ReadRequest } from "../request/read-request.js";
import { bindsModel } from "./binds-model.js";
import { ALLOW, type CallLimits, type Decision, type DecisionContext, type RuleVerdict } from "./decision.js";
import { allowedModalities } from "./rule-allowed-modalities.js";
import { allowedModels } from "./rule-allowed-models.js";
import { askedWindow } from "./rule-asked-window.js";
import { forbiddenContent } from "./rule-forbidden-content.js";
import { maxImageSize } from "./rule-max-image-size.js";
import { maxImages } from "./rule-max-images.js";
import { maxInputTokens } from "./rule-max-input-tokens.js";
import { maxOutputTokens } from "./rule-max-output-tokens.js";
import { maxRequestCost } from "./rule-max-request-cost.js";
import { windowLimit } from "./rule-window.js";
import type { Rule, Tier } from "./tier.js";

/** Applies the tier's static rules to a request. Pure; windows and concurrency are the ledger's. */
export function decide(tier: Tier, context: DecisionContext): Decision {
  let limits: CallLimits = askedLimits(context.request);
  let calls = 1;
  let adjustments: Adjustment[] = [];
  let ruledSize: CallLimits["imageSize"];
  const model = context.model?.id ?? context.request.model;
  for (const rule of tier.rules) {
    // The models of this kind are those that it allows, not those that it binds.
    if (rule.kind !== "allowedModels" && !bindsModel(rule, model)) continue;
    const answer = applyRule(rule, context, tier);
    switch (answer.verdict) {
      case "allow":
        break;
      case "refuse": {
        const { verdict: _, ...refusal } = answer;
        return { action: "refuse", rule: rule.id, ...refusal };
      }
      case "split":
      case "adjust": {
        if (answer.verdict === "split") calls = Math.max(calls, answer.calls);
        const { field } = answer;
        let { to } = answer;
        if (isMet(limits, answer.limits)) break;
        limits = strictest(limits, answer.limits);
        if (answer.limits.imageSize !== undefined) {
          ruledSize = smallest(ruledSize, answer.limits.imageSize);
          limits = { ...limits, imageSize: ruledSize };
          to = `${field}=${ruledSize.width}x${ruledSize.height}`;
        }
        adjustments = [...adjustments.filter((earlier) => earlier.field !== field), { field, to, rule: rule.id }];
      }
    }
  }
  const action = calls > 1 ? "split" : adjustments.length > 0 ? "adjust" : "allow";
  return { action, limits, adjustments, calls };
}

function askedLimits({ maxOutputTokens: tokens, images }: ReadRequest): CallLimits {
  return {
    ...(tokens === undefined ? {} : { maxOutputTokens: tokens }),
    ...(images === undefined ? {} : { imagesPerRequest: images.count }),
    ...(images?.size === undefined ? {} : { imageSize: images.size }),
  };
}

/** Limits that keep to both: a rule that asks for less of one thing may allow more of another. */
function strictest(set: CallLimits, wanted: CallLimits): CallLimits {
  const least = (one = Number.POSITIVE_INFINITY, other = Number.POSITIVE_INFINITY): number => Math.min(one, other);
  const limits = { ...set, ...wanted };
  return {
    ...limits,
    ...(limits.maxOutputTokens && { maxOutputTokens: least(set.maxOutputTokens, wanted.maxOutputTokens) }),
    ...(limits.imagesPerRequest && { imagesPerRequest: least(set.imagesPerRequest, wanted.imagesPerRequest) }),
    ...(limits.imageCount && { imageCount: least(set.imageCount, wanted.imageCount) }),
  };
}

type ImageSize = NonNullable<CallLimits["imageSize"]>;

/**
 * Of two rules' sizes the smaller width and the smaller height. What was asked for has no part in it: a size that is too wide becomes the
 * largest that the rules allow, which a model makes, and not a narrow one that none does.
 */
function smallest(set: ImageSize | undefined, wanted: ImageSize): ImageSize {
  if (set === undefined) return wanted;
  return { width: Math.min(set.width, wanted.width), height: Math.min(set.height, wanted.height) };
}

/** Whether an earlier rule has set this much or less: every rule judges what was asked for, and the strictest holds. */
function isMet({ maxOutputTokens, imagesPerRequest, imageCount, imageSize }: CallLimits, wanted: CallLimits): boolean {
  const within = (value: number | undefined, limit: number | undefined): boolean =>
    limit === undefined || (value !== undefined && value <= limit);
  return (
    within(maxOutputTokens, wanted.maxOutputTokens) &&
    within(imagesPerRequest, wanted.imagesPerRequest) &&
    within(imageCount, wanted.imageCount) &&
    within(imageSize?.width, wanted.imageSize?.width) &&
    within(imageSize?.height, wanted.imageSize?.height)
  );
}

function applyRule(rule: Rule, context: DecisionContext, tier: Tier): RuleVerdict {
  switch (rule.kind) {
    case "allowedModalities":
      return allowedModalities(rule, context);
    case "allowedModels":
      return allowedModels(rule, context);
    case "maxInputTokens":
      return maxInputTokens(rule, context);
    case "maxOutputTokens":
      return maxOutputTokens(rule, context);
    case "forbiddenContent":
      return forbiddenContent(rule, context);
    case "maxImages":
      return maxImages(rule, context);
    case "maxImageSize":
      return maxImageSize(rule, context);
    case "maxRequestCost":
      return maxRequestCost(rule, context, tier);
    case "window": {
      const limit = windowLimit(rule, context);
      return limit.verdict === "refuse" ? limit : askedWindow(rule, context, tier);
    }
    case "concurrency":
      return ALLOW;
  }
}
