import type { TierBody, WindowBody } from "../../recent/tier-body.js";
import type { QuotaBody } from "../../routes/quota-body.js";
import type { State } from "./state.js";

export type QuotaWindow = QuotaBody["windows"][number];

/** What a rule's window counts, if it is one. */
export function windowOf(tier: TierBody | undefined, rule: string | null): WindowBody | undefined {
  return tier?.rules.find(({ id }) => id === rule)?.window ?? undefined;
}

/** Whether a rule of either tier may leave other models calls that it takes from this one. */
export function isOfSomeModels(about: State["about"], rule: string | null): boolean {
  const tiers = [about?.tier, about?.playground ?? undefined, ...(about?.providers ?? []).map(({ tier }) => tier)];
  return tiers.some((tier) => windowOf(tier, rule)?.is_of_some_models);
}

/** The window that has the least left, as a share: it decides. */
export function tightestWindow(windows: readonly QuotaWindow[]): QuotaWindow | undefined {
  return [...windows].sort((one, other) => one.left / one.limit - other.left / other.limit)[0];
}

/** What an empty window means for calls: those of the last minute come back, and are waited for. */
export function emptyWords(window: Pick<WindowBody, "when" | "is_waited_for"> | undefined): string {
  const { when = "", is_waited_for: isWaitedFor = false } = window ?? {};
  return `left ${when}: calls ${isWaitedFor ? "wait" : "are refused"}`;
}
