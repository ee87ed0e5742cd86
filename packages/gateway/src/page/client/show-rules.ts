import { element } from "./element.js";
import type { State } from "./state.js";

/** The rules in words: what is given, and what becomes of more. Of several providers each with whose it is. */
export function showRules(place: HTMLElement, { tier, providers }: NonNullable<State["about"]>): void {
  const tiers = providers ?? [{ title: "", tier }];
  const entries = tiers.flatMap(({ title, tier: { rules } }) =>
    rules.map(({ given, more }) =>
      element("div", {}, element("dt", {}, title === "" ? given : `${title}: ${given}`), element("dd", {}, more)),
    ),
  );
  if (entries.length === 0) entries.push(element("div", {}, element("dt", {}, "Everything: this tier has no rules.")));
  place.replaceChildren(...entries);
}
