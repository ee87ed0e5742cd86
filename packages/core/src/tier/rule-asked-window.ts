import { answerRoom } from "../cost/estimate-cost.js";
import { unitOf } from "../cost/meter.js";
import { ALLOW, type DecisionContext, type RuleVerdict } from "./decision.js";
import type { Tier, WindowRule } from "./tier.js";
import { tierLimits } from "./tier-limits.js";

const LEAST_ANSWER = 256;
const USUAL_ANSWER = 1_024;

/**
 * Sets or lowers the output limit of a chat to what an empty window holds beside the prompt: it would never pass. What is left of the window
 * now is the ledger's: for that the call waits.
 */
export function askedWindow(
  rule: WindowRule,
  { request, model, onExcess, unknownRates }: DecisionContext,
  tier: Tier,
): RuleVerdict {
  const { meter, limit } = rule;
  if (rule.hold !== "asked" || meter === "requests" || request.endpoint !== "chat") return ALLOW;
  const id = model?.id ?? request.model;
  const { maxOutputTokens: asked, outputLimitField: field } = request;
  const room = answerRoom(request, model, { meter, limit, unknownRates });
  if (room === Number.POSITIVE_INFINITY) return ALLOW;
  const thoughts = thinkingTokens(request.body.thinking);
  const usual = asked ?? (rule.usualAnswer ?? USUAL_ANSWER) + thoughts;
  const wanted = Math.min(usual, tierLimits(tier, { id, modality: "chat" }).outputRule?.limit ?? usual);
  if (room < Math.min(wanted, rule.leastAnswer ?? LEAST_ANSWER)) {
    const beside =
      room < 0 ? "have no room for this prompt" : `have room for ${room} tokens of an answer beside this prompt`;
    return {
      verdict: "refuse",
      code: "request_size",
      message: `${limit} ${unitOf(meter, tier.unit)} (rule ${rule.id}) ${beside}, even when nothing else has been used. Shorten the prompt.`,
      param: "messages",
    };
  }
  // A shorter limit than the usual one is set by the rule that it comes from.
  if (wanted <= room && (asked !== undefined || wanted < usual)) return ALLOW;
  const to = Math.min(wanted, room);
  if (to <= thoughts) {
    return {
      verdict: "refuse",
      code: "output_tokens",
      message: `"thinking" has a budget of ${thoughts} tokens, and ${limit} ${unitOf(meter, tier.unit)} (rule ${rule.id}) have room for ${to} beside this prompt: thoughts and answer together. Lower the budget.`,
      param: "thinking",
    };
  }
  if (asked !== undefined && onExcess === "refuse") {
    return {
      verdict: "refuse",
      code: "output_tokens",
      message: `${field} is ${asked}, and ${limit} ${unitOf(meter, tier.unit)} (rule ${rule.id}) have room for ${to} beside this prompt. Ask for ${to} or fewer.`,
      param: field,
    };
  }
  return { verdict: "adjust", limits: { maxOutputTokens: to }, field, to: `${field}=${to}` };
}

/** Claude's thoughts are part of the answer: its limit must be above their budget. */
function thinkingTokens(thinking: unknown): number {
  const { type, budget_tokens: budget } = (thinking ?? {}) as { type?: unknown; budget_tokens?: unknown };
  return type === "enabled" && typeof budget === "number" && budget > 0 ? budget : 0;
}
