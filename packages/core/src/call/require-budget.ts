import { holdOf } from "../account/claims.js";
import { unitOf } from "../cost/meter.js";
import { FatalLimitError } from "../errors/limit-errors.js";
import type { WindowRule } from "../tier/tier.js";
import type { CallContext } from "./call-context.js";
import { accountCall, type PreparedCall } from "./prepared-call.js";

/**
 * Checks the budget for all images of a call before the first is paid for: half of a set is rarely wanted. Windows of an hour or less
 * are waited for between the requests.
 *
 * @throws FatalLimitError `daily_quota` or `monthly_quota`, saying how many are left
 */
export async function requireBudget(context: CallContext, plan: PreparedCall): Promise<void> {
  if (plan.request.endpoint !== "image") return;
  const { account, options } = context;
  const requests = plan.adapted.parts.length;
  const call = accountCall(plan);
  const { hold } = await account.commandFor(call);
  const look = await account.look([call.model]);
  for (const { rule, used, held, resetsAt } of look.windowsOf(call.model)) {
    const code = quotaOf(rule);
    if (code === undefined) continue;
    const each = holdOf(rule, hold);
    const left = rule.limit - used - held;
    const mustFit = rule.hold === "asked" || (options.admission === "worst-case" && rule.meter !== "requests");
    // Counted by what is expected, the last is admitted while anything is left; by the worst case, it must fit as well.
    const fits = mustFit ? Math.floor(left / each) : Math.ceil(left / each);
    const affordable = each === 0 && left > 0 ? requests : Math.max(0, fits || 0);
    if (affordable >= requests) continue;
    const images = plan.request.images?.count ?? requests;
    const possible = Math.min(images, affordable * Math.ceil(images / requests));
    const when = new Date(resetsAt);
    throw new FatalLimitError(
      code,
      `${options.tier.title}: ${images} images take about ${requests * each} ${unitOf(rule.meter, options.tier.unit)}, and ${Math.max(0, Math.round(left))} of ${rule.limit} are left (rule ${rule.id}), enough for ${possible}. It will reset at ${when.toISOString()}.`,
      { rule: rule.id, resetsAt: when },
    );
  }
}

/** The code of a window that nobody would wait for. */
function quotaOf({ period }: WindowRule): "daily_quota" | "monthly_quota" | undefined {
  if (period.type === "month") return "monthly_quota";
  if (period.type === "day" || (period.type === "rolling" && period.spanMs > 3_600_000)) return "daily_quota";
  return undefined;
}
