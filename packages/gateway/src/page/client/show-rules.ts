import type { TierBody } from "../../recent/tier-body.js";
import { element } from "./element.js";

/** The tier's rules in words: what is given, and what becomes of more. */
export function showRules(place: HTMLElement, tier: TierBody | undefined): void {
  const rules = tier?.rules ?? [];
  const entries = rules.map(({ given, more }) => element("div", {}, element("dt", {}, given), element("dd", {}, more)));
  if (entries.length === 0) entries.push(element("div", {}, element("dt", {}, "Everything: this tier has no rules.")));
  place.replaceChildren(...entries);
}
