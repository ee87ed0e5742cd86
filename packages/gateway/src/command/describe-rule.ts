import { type Rule, type Tier, unitOf, type WindowRule } from "@laplas/core";
import { counted, duration, whole } from "../terminal/words.js";

const EXCESS = {
  adjust: "more is made to fit",
  split: "more are asked for one after another",
  refuse: "more is refused",
};

/** A rule in words. Its values stand in the tier's document; nothing is decided here. */
export function describeRule(rule: Rule, unit: Tier["unit"]): string {
  const models = withModels(rule.models);
  switch (rule.kind) {
    case "allowedModalities":
      return `Only ${rule.modalities.join(", ")} models${models}.`;
    case "allowedModels":
      return `Only these models: ${rule.models.join(", ")}.`;
    case "maxInputTokens":
      return `At most ${whole(rule.limit)} tokens in a prompt${models}; ${EXCESS.refuse}.`;
    case "maxOutputTokens":
      return `At most ${whole(rule.limit)} output tokens in an answer${models}; ${EXCESS[rule.onExcess]}.`;
    case "forbiddenContent":
      return `No ${rule.partTypes.join(", ")} parts in messages${models}.`;
    case "maxImages":
      return `${counted(rule.limit, "image")} at a time${models}; ${EXCESS[rule.onExcess]}.`;
    case "maxImageSize":
      return `At most ${rule.width}x${rule.height} pixels${models}; ${EXCESS[rule.onExcess]}.`;
    case "maxRequestCost":
      return `At most ${whole(rule.limit)} ${unit.name} for one request to ${rule.modalities.join(", ")} models${models}.`;
    case "concurrency":
      return rule.limit === 1
        ? `One call at a time${models}; others wait their turn.`
        : `${whole(rule.limit)} calls at a time${models}; others wait their turn.`;
    case "window":
      return describeWindow(rule, unit);
  }
}

function describeWindow({ meter, limit, period, scope, models, ...rule }: WindowRule, unit: Tier["unit"]): string {
  if (limit === 0) return `${models === undefined ? "No model" : `No call${withModels(models)}`} is on this tier.`;
  const failures = rule.countsFailures === true ? ", failed ones too" : "";
  const asked = rule.hold === "asked" ? "; a call needs room for its longest answer" : "";
  return `${whole(limit)} ${unitOf(meter, unit)}${whom(scope, models)} ${describePeriod(period)}${failures}${asked}.`;
}

/** What shares a count. */
function whom(scope: WindowRule["scope"], models: readonly string[] | undefined): string {
  if (scope === "account") return " for all calls together";
  return scope === "model" ? ` for each model${ofThese(models)}` : ` for these models together${ofThese(models)}`;
}

function ofThese(models: readonly string[] | undefined): string {
  return models === undefined ? "" : ` (${namesOf(models)})`;
}

function describePeriod(period: WindowRule["period"]): string {
  switch (period.type) {
    case "minute":
      return "a minute of the clock";
    case "hour":
      return "an hour of the clock";
    case "day":
      return `a day, which begins at ${period.resetHour}:00 ${period.zone}`;
    case "month":
      return `a month, which begins on its first day at ${period.resetHour}:00 ${period.zone}`;
    case "rolling":
      return `in any ${duration(period.spanMs)}`;
    case "bucket":
      return `that refill within ${duration(period.spanMs)}`;
  }
}

function withModels(models: readonly string[] | undefined): string {
  return models === undefined ? "" : ` with ${namesOf(models)}`;
}

/** `gpt-4o, o1-*`; `all but gpt-4o`. */
function namesOf(models: readonly string[]): string {
  const named = models.filter((name) => !name.startsWith("!") && name !== "*");
  const leftOut = models.flatMap((name) => (name.startsWith("!") ? [name.slice(1)] : []));
  const without = leftOut.length === 0 ? "" : `but ${leftOut.join(", ")}`;
  const all = named.length === 0 || models.includes("*") ? "all" : named.join(", ");
  return without === "" ? all : `${all}${all === "all" ? " " : ", "}${without}`;
}
