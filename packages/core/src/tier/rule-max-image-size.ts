import { ALLOW, type DecisionContext, type RuleVerdict } from "./decision.js";
import type { MaxImageSizeRule } from "./tier.js";

/** Bounds width and height. A size that was not asked for is set: dall-e's own default, 1024x1024, would be refused. */
export function maxImageSize(rule: MaxImageSizeRule, { request, onExcess }: DecisionContext): RuleVerdict {
  if (request.images === undefined) return ALLOW;
  const { size } = request.images;
  if (size !== undefined && size.width <= rule.width && size.height <= rule.height) return ALLOW;
  const largest = `${rule.width}x${rule.height}`;
  const field = request.imageSizeField;
  if (size !== undefined && (onExcess === "refuse" || rule.onExcess === "refuse")) {
    return {
      verdict: "refuse",
      code: "image_size",
      message: `${field} is ${size.width}x${size.height}, and images of this model may have ${largest} pixels at most (rule ${rule.id}). Ask for ${largest}.`,
      param: field,
    };
  }
  return {
    verdict: "adjust",
    limits: { imageSize: { width: rule.width, height: rule.height } },
    field,
    to: `${field}=${largest}`,
  };
}
