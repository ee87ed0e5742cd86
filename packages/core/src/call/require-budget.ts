import { FatalLimitError } from "../errors/limit-errors.js";
import type { CallPlan } from "./call-plan.js";
import type { CallContext } from "./context.js";
import { reserveCommand } from "./reserve.js";

/**
 * Checks the budget for all images of a call before the first is paid for: half of a set is rarely wanted.
 *
 * @throws FatalLimitError `daily_quota`, saying how many are left
 */
export async function requireBudget(context: CallContext, plan: CallPlan): Promise<void> {
  if (plan.request.endpoint !== "image") return;
  const requests = plan.adapted.parts.length;
  const store = await context.ledger();
  const command = await reserveCommand(context, store, plan.found, plan.estimate);
  const view = await store.view(command);
  for (const [index, rule] of command.windows.entries()) {
    const { used = 0, held = 0, resetsAt = view.now } = view.windows[index] ?? {};
    const each = rule.metric === "requests" ? 1 : command.heldApiTokens;
    const left = rule.limit - used - held;
    // Counted by what is expected, the last is admitted while anything is left; by the worst case, it must fit as well.
    const fits = command.countOwnHold && rule.metric === "apiTokens" ? Math.floor(left / each) : Math.ceil(left / each);
    const affordable = each === 0 && left > 0 ? requests : Math.max(0, fits || 0);
    if (affordable >= requests) continue;
    const images = plan.request.images?.count ?? requests;
    const possible = Math.min(images, affordable * Math.ceil(images / requests));
    const unit = rule.metric === "requests" ? "requests" : "API tokens";
    const when = new Date(resetsAt);
    throw new FatalLimitError(
      "daily_quota",
      `${context.options.tier.title}: ${images} images take about ${requests * each} ${unit}, and ${Math.max(0, Math.round(left))} of ${rule.limit} are left (rule ${rule.id}), enough for ${possible}. It will reset at ${when.toISOString()}.`,
      { rule: rule.id, resetsAt: when },
    );
  }
}
