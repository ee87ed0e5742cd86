import { tokensBeyond } from "../cost/least-tokens.js";
import { writtenTexts } from "../request/text-of.js";
import { ALLOW, type DecisionContext, type RuleVerdict } from "./decision.js";
import type { MaxInputTokensRule } from "./tier.js";

/** Refuses a prompt that is too long by even a low estimate: a higher one would hold back what passes. */
export function maxInputTokens(rule: MaxInputTokensRule, { request }: DecisionContext): RuleVerdict {
  if (request.endpoint === "image") return ALLOW;
  const least = tokensBeyond(writtenTexts(request), rule.limit);
  if (least === undefined) return ALLOW;
  return {
    verdict: "refuse",
    code: "request_size",
    message: `this prompt has at least ${least} tokens, and ${rule.limit} are the most for one request (rule ${rule.id}). Shorten the prompt.`,
    param: request.endpoint === "chat" ? "messages" : "input",
  };
}
