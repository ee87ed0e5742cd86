import { type Rule, type Tier, unitOf, type WindowRule } from "@laplas/core";
import { counted, countedIn, duration, whole } from "@laplas/gateway/bodies";

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
      return `Only ${andList(rule.modalities)} models${models}.`;
    case "allowedModels":
      return `Only these models: ${rule.models.join(", ")}.`;
    case "maxInputTokens":
      return `At most ${countedIn(rule.limit, "tokens")} in a prompt${models}; ${EXCESS.refuse}.`;
    case "maxOutputTokens":
      return `At most ${countedIn(rule.limit, "output tokens")} in an answer${models}; ${EXCESS[rule.onExcess]}.`;
    case "forbiddenContent":
      return `No ${rule.partTypes.join(", ")} parts in messages${models}.`;
    case "maxImages":
      return `${counted(rule.limit, "image")} at a time${models}; ${EXCESS[rule.onExcess]}.`;
    case "maxImageSize":
      return `At most ${rule.width}x${rule.height} pixels${models}; ${EXCESS[rule.onExcess]}.`;
    case "maxRequestCost":
      return `At most ${countedIn(rule.limit, unit.name)} for one request to ${andList(rule.modalities)} models${models}.`;
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
  const amount = countedIn(limit, unitOf(meter, unit));
  // What each model has is said at once, what is shared after the period: so both read as people say them.
  const words =
    scope === "model"
      ? `${amount} per model${ofThese(models)}${describePeriod(period)}`
      : `${amount}${describePeriod(period)}, ${scope === "account" ? "all calls together" : `these models together${ofThese(models)}`}`;
  return `${words}${failures}${asked}.`;
}

function ofThese(models: readonly string[] | undefined): string {
  return models === undefined ? "" : ` (${namesOf(models)})`;
}

/** ` per minute`, ` per day`: a window's period without its edges. */
export function periodWords(period: WindowRule["period"]): string {
  if (!("spanMs" in period)) return ` per ${period.type}`;
  return period.spanMs === 60_000 ? " per minute" : describePeriod(period);
}

function describePeriod(period: WindowRule["period"]): string {
  switch (period.type) {
    case "minute":
      return " per clock minute";
    case "hour":
      return " per clock hour";
    case "day":
      return ` per day, starting at ${hourIn(period)}`;
    case "month":
      return ` per month, starting on the first at ${hourIn(period)}`;
    case "rolling":
      return ` in any ${duration(period.spanMs)}`;
    case "bucket":
      return `, refilled over ${duration(period.spanMs)}`;
  }
}

/** `0:00 UTC`, `0:00 in Europe/Berlin`. */
function hourIn({ resetHour, zone }: { readonly resetHour: number; readonly zone: string }): string {
  return `${resetHour}:00 ${zone === "UTC" ? "UTC" : `in ${zone}`}`;
}

function andList(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

function withModels(models: readonly string[] | undefined): string {
  return models === undefined ? "" : ` with ${namesOf(models)}`;
}

/** `gpt-4o, o1-*`; `all except gpt-4o`. */
function namesOf(models: readonly string[]): string {
  const named = models.filter((name) => !name.startsWith("!") && name !== "*");
  const leftOut = models.flatMap((name) => (name.startsWith("!") ? [name.slice(1)] : []));
  const without = leftOut.length === 0 ? "" : `except ${leftOut.join(", ")}`;
  const all = named.length === 0 || models.includes("*") ? "all" : named.join(", ");
  return without === "" ? all : `${all}${all === "all" ? " " : ", "}${without}`;
}
