import { type Rule, type Tier, unitOf, type WindowRule } from "@laplas/core";
import { METRIC_NAMES, type MetricName } from "../routes/quota-body.js";
import { counted, countedIn, duration, whole } from "../words.js";

/** A tier as `GET /v1/events` tells it: in words and facts to show. Who shows it reads no rules. */
export interface TierBody {
  readonly name: string;
  readonly title: string;
  /** What costs are counted in, in words, and as windows and calls name it. */
  readonly unit: string;
  readonly metric: MetricName;
  /** How many calls may run at once; `null` without a bound. */
  readonly slots: number | null;
  /** Whether all that is counted is counted by the day. */
  readonly is_daily: boolean;
  readonly rules: readonly RuleBody[];
}

/** A rule: what is given, and what becomes of more. */
export interface RuleBody {
  readonly id: string;
  readonly given: string;
  readonly more: string;
  /** Whether calls share what it gives: windows, and how many run at once. */
  readonly is_shared: boolean;
  /** Only of windows. */
  readonly window: WindowBody | null;
}

/** What a window counts. */
export interface WindowBody {
  /** `today`, `this hour`. */
  readonly when: string;
  readonly is_day: boolean;
  /** Frees bit by bit: there is no moment at which all comes back. */
  readonly is_rolling: boolean;
  /** Whether calls wait for it once nothing is left: it never takes longer than a minute. */
  readonly is_waited_for: boolean;
  /** Whether other models may have calls left when this window has none. */
  readonly is_of_some_models: boolean;
}

/** @param followUps that continue an answer which the tier's limit cuts, at most */
export function tierBody(tier: Tier, followUps = 0): TierBody {
  const { name, title, unit, rules } = tier;
  const slots = rules.flatMap((rule) => (rule.kind === "concurrency" && rule.models === undefined ? [rule.limit] : []));
  return {
    name,
    title,
    unit: unit.name,
    metric: METRIC_NAMES[unit.field],
    slots: slots.length === 0 ? null : Math.min(...slots),
    is_daily: rules.every((rule) => rule.kind !== "window" || rule.period.type === "day"),
    rules: rules.map((rule) => {
      const [given, more] = wordsOf(rule, tier, followUps);
      const evidence = rule.evidence.status === "assumed" ? " Assumed: nobody publishes it." : "";
      const window = rule.kind === "window" ? windowBody(rule) : null;
      const isShared = window !== null || rule.kind === "concurrency";
      return { id: rule.id, given, more: `${more}${evidence}`, is_shared: isShared, window };
    }),
  };
}

const EXCESS = { adjust: "More is lowered to that", refuse: "More is refused", split: "More become several requests" };

function wordsOf(rule: Rule, tier: Tier, followUps: number): readonly [given: string, more: string] {
  const some = someModels(rule.models);
  switch (rule.kind) {
    case "allowedModalities":
      return [`${listOf(rule.modalities)} models`, `Others are refused${some}.`];
    case "allowedModels":
      // A pattern may stand for any number of models.
      if (rule.models.some((name) => name.includes("*")))
        return ["Some of its models", `They are ${rule.models.join(", ")}. Others are refused.`];
      return [rule.models.length > 3 ? `${rule.models.length} models` : listOf(rule.models), "Others are refused."];
    case "maxInputTokens":
      return [`${whole(rule.limit)} tokens a prompt`, `Longer ones are refused${some}.`];
    case "maxOutputTokens":
      return followUps > 0 && rule.onExcess === "adjust"
        ? [
            `${whole(rule.limit)} output tokens a request`,
            `Up to ${counted(followUps, "further request")} continue${followUps === 1 ? "s" : ""} a longer answer${some}.`,
          ]
        : [`${whole(rule.limit)} output tokens an answer`, `${EXCESS[rule.onExcess]}${some}.`];
    case "forbiddenContent":
      return [`No ${partsOf(rule.partTypes)} in messages`, `A message that has one is refused${some}.`];
    case "maxImages":
      return [`${counted(rule.limit, "picture")} a request`, `${EXCESS[rule.onExcess]}${some}.`];
    case "maxImageSize":
      return [`Pictures of ${rule.width} × ${rule.height}`, `${EXCESS[rule.onExcess]}${some}.`];
    case "maxRequestCost":
      return [
        `${whole(rule.limit)} ${tier.unit.name} ${rule.modalities.join() === "image" ? "a picture" : "a request"}`,
        `Requests that the provider rejects as too expensive are refused until the reset${some}.`,
      ];
    case "concurrency":
      return [`${counted(rule.limit, "call")} at a time`, `Others wait their turn${some}.`];
    case "window":
      return rule.limit === 0
        ? [`No ${unitOf(rule.meter, tier.unit)}${some}`, "Not on this plan."]
        : [windowWords(rule, tier), `${afterwards(rule.period)}${some}.`];
  }
}

function afterwards(period: WindowRule["period"]): string {
  const what = isWaitedFor(period) ? "After that calls wait" : "After that calls are refused";
  switch (period.type) {
    case "bucket":
      return `${what} until enough has refilled`;
    case "rolling":
      return `${what} until there is room`;
    case "minute":
      return `${what} for the next minute`;
    default:
      return `${what} until the reset`;
  }
}

/** An engine sits out what comes back within its patience, a minute; what takes longer it refuses. */
function isWaitedFor(period: WindowRule["period"]): boolean {
  if (period.type === "bucket" || period.type === "rolling") return period.spanMs <= 60_000;
  return period.type === "minute";
}

function windowWords({ limit, meter, period, scope }: WindowRule, { unit }: Tier): string {
  const amount = countedIn(limit, unitOf(meter, unit));
  const each = scope === "model" ? " per model" : "";
  return period.type === "bucket"
    ? `${amount}${each}, refilled over ${duration(period.spanMs)}`
    : `${amount} ${timeOf(period)}${each}`;
}

function timeOf(period: Exclude<WindowRule["period"], { readonly type: "bucket" }>): string {
  switch (period.type) {
    case "rolling":
      return `in ${duration(period.spanMs)}`;
    case "hour":
      return "an hour";
    case "minute":
    case "day":
    case "month":
      return `a ${period.type}`;
  }
}

function windowBody({ period, scope, models }: WindowRule): WindowBody {
  return {
    when: whenOf(period),
    is_day: period.type === "day",
    is_rolling: period.type === "rolling" || period.type === "bucket",
    is_waited_for: isWaitedFor(period),
    is_of_some_models: scope === "model" || models !== undefined,
  };
}

const ROLLING: ReadonlyMap<number, string> = new Map([
  [60_000, "this minute"],
  [3_600_000, "this hour"],
  [86_400_000, "today"],
]);

function whenOf(period: WindowRule["period"]): string {
  switch (period.type) {
    case "month":
      return "this month";
    case "day":
      return "today";
    case "hour":
      return "this hour";
    case "minute":
      return "this minute";
    case "rolling":
      return ROLLING.get(period.spanMs) ?? `for these ${duration(period.spanMs)}`;
    case "bucket":
      return "now";
  }
}

const PARTS: Readonly<Record<string, string>> = {
  image_url: "pictures",
  image: "pictures",
  input_image: "pictures",
  input_audio: "sound",
  file: "files",
};

function partsOf(types: readonly string[]): string {
  const names = [...new Set(types.map((type) => PARTS[type] ?? type))];
  return new Intl.ListFormat("en", { type: "disjunction" }).format(names);
}

/** ` (for gpt-4o and o1)`: the models that a rule names; nothing of one for all. */
export function someModels(models: readonly string[] | undefined): string {
  if (models === undefined) return "";
  const [named, left] = [
    models.filter((name) => name !== "*" && !name.startsWith("!")),
    models.filter((name) => name.startsWith("!")),
  ];
  const without = left.length === 0 ? "" : few(left.map((name) => name.slice(1)));
  if (named.length === 0) return without === "" ? "" : ` (for all but ${without})`;
  return ` (for ${few(named)}${without === "" ? "" : `, but not ${without}`})`;
}

function few(models: readonly string[]): string {
  return models.length > 3 ? `${models.length} of the models` : models.join(" and ");
}

function listOf(words: readonly string[]): string {
  const text = new Intl.ListFormat("en").format(words);
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
