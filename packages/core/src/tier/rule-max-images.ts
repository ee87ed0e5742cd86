import { ALLOW, type DecisionContext, type RuleVerdict } from "./decision.js";
import type { MaxImagesRule } from "./tier.js";

/** Bounds the images of one request: several requests in turn, fewer images, or a refusal, as the rule says. */
export function maxImages(rule: MaxImagesRule, { request, onExcess }: DecisionContext): RuleVerdict {
  const count = request.images?.count;
  if (count === undefined || count <= rule.limit) return ALLOW;
  const limits = { imagesPerRequest: rule.limit };
  const field = request.imageCountField;
  if (onExcess === "refuse" || rule.onExcess === "refuse") {
    return {
      verdict: "refuse",
      code: "image_count",
      message: `${field} is ${count}, and one request may make ${rule.limit} image${rule.limit === 1 ? "" : "s"} with this model (rule ${rule.id}). Ask for ${rule.limit}, several times.`,
      param: field,
    };
  }
  if (rule.onExcess === "split") {
    const calls = Math.ceil(count / rule.limit);
    return { verdict: "split", limits, calls, field, to: `${field}=${calls}_requests` };
  }
  return { verdict: "adjust", limits: { ...limits, imageCount: rule.limit }, field, to: `${field}=${rule.limit}` };
}
