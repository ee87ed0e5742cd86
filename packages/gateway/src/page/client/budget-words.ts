import type { ProviderQuota } from "../../routes/read-quota.js";
import { whole } from "./format.js";
import type { State } from "./state.js";
import { gatewayNow } from "./ticker.js";
import { tightestWindow, windowOf } from "./windows.js";

/** Whether a provider can be asked now, as far as all of its models share what is left. */
export function canBeAsked({ windows, blocked_until: blocked, payment_required: isClosed }: ProviderQuota): boolean {
  return !isClosed && blocked === null && windows.every(({ left }) => Math.floor(left) > 0);
}

/** What is left, in a line. */
export function budgetLine({ about, quota }: State): string {
  if (about?.providers !== undefined) return "Calls made here count like those of the API";
  if (quota?.payment_required) return "The provider requires payment";
  if (isBlocked(quota)) return "Quota exceeded (reported by the provider)";
  const window = tightestWindow(quota?.windows ?? []);
  if (window === undefined) return "";
  const when = windowOf(about?.tier, window.rule)?.when ?? "";
  return `${whole(window.left)} ${window.unit} left ${when}, shared with the API`;
}

/** For the page's title, which stands on the tab. */
export function titleOf({ about, quota }: State): string {
  if (about?.providers !== undefined && quota?.providers !== undefined)
    return `${quota.providers.filter(canBeAsked).length} of ${quota.providers.length} providers · laplas`;
  const window = tightestWindow(quota?.windows ?? []);
  if (isBlocked(quota)) return "nothing left · laplas";
  return window === undefined ? "laplas gateway" : `${whole(window.left)} left · laplas`;
}

function isBlocked(quota: State["quota"]): boolean {
  if (quota?.payment_required) return true;
  return quota?.blocked_until != null && Date.parse(quota.blocked_until) > gatewayNow();
}
