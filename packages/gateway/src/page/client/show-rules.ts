import type { Rule, Tier, WindowRule } from "@laplas/core";
import { element } from "./element.js";
import { whole } from "./format.js";
import { UNITS } from "./units.js";

/** The tier's rules in words: what is given, and what becomes of more. */
export function showRules(place: HTMLElement, tier: Tier | undefined): void {
  const rules = tier?.rules ?? [];
  const entries = rules.flatMap((rule) => {
    const [given, more] = wordsOf(rule);
    const evidence = rule.evidence.status === "assumed" ? " Assumed: nobody publishes it." : "";
    return [element("div", {}, element("dt", {}, given), element("dd", {}, `${more}${evidence}`))];
  });
  if (entries.length === 0) entries.push(element("div", {}, element("dt", {}, "Everything: this tier has no rules.")));
  place.replaceChildren(...entries);
}

const EXCESS = { adjust: "More is lowered to that", refuse: "More is refused", split: "More become several requests" };

export function wordsOf(rule: Rule): readonly [given: string, more: string] {
  switch (rule.kind) {
    case "allowedModalities":
      return [`${listOf(rule.modalities)} models`, "Others are refused."];
    case "maxOutputTokens":
      return [`${whole(rule.limit)} output tokens an answer`, `${EXCESS[rule.onExcess]}.`];
    case "forbiddenContent":
      return ["No pictures in messages", "A message that has one is refused."];
    case "maxImages":
      return [
        `${whole(rule.limit)} picture${rule.limit === 1 ? "" : "s"} a request`,
        `${EXCESS[rule.onExcess]}${some(rule.models)}.`,
      ];
    case "maxImageSize":
      return [`Pictures of ${rule.width} × ${rule.height}`, `${EXCESS[rule.onExcess]}${some(rule.models)}.`];
    case "maxRequestCost":
      return [
        `${whole(rule.limit)} API tokens a picture`,
        "What the upstream found dearer is refused until the reset.",
      ];
    case "concurrency":
      return [`${whole(rule.limit)} call${rule.limit === 1 ? "" : "s"} at a time`, "Others wait their turn."];
    case "window":
      return [windowWords(rule), "After that calls are refused until the reset."];
  }
}

function windowWords({ limit, metric, period, per, class: ofClass }: WindowRule): string {
  const unit = UNITS[metric];
  return `${whole(limit)} ${unit} ${timeOf(period)}${per === "model" ? ` with each ${ofClass ?? ""} model`.replace("  ", " ") : ""}`;
}

function timeOf(period: WindowRule["period"]): string {
  switch (period.type) {
    case "rolling":
      return `in ${Math.round(period.spanMs / 60_000)} minutes`;
    case "bucket":
      return `that refill in ${Math.round(period.spanMs / 60_000)} minutes`;
    case "hour":
      return "an hour";
    case "minute":
    case "day":
    case "month":
      return `a ${period.type}`;
  }
}

function some(models: readonly string[] | undefined): string {
  return models === undefined
    ? ""
    : `, with ${models.length > 3 ? `${models.length} of the models` : models.join(" and ")}`;
}

function listOf(words: readonly string[]): string {
  const text = new Intl.ListFormat("en").format(words);
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
