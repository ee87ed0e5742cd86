import { type Evidence, staleSince, type Terms, type Tier, unitOf, type WindowRule } from "@laplas/core";
import { countedIn, whole } from "@laplas/gateway/bodies";

const DAY_MS = 86_400_000;

/** What a day of a tier holds, in a line: windows that differ only in the models they name become one. */
export function dayWords({ rules, unit }: Tier): string {
  const windows = rules.filter((rule): rule is WindowRule => rule.kind === "window" && rule.limit > 0);
  const ofDay = windows.filter(({ period }) => spanOf(period) === "day");
  if (ofDay.length > 0) return sumWords(ofDay, unit);
  const ofMonth = windows.filter(({ period }) => spanOf(period) === "month");
  if (ofMonth.length > 0) return `${sumWords(ofMonth, unit)} a month`;
  const ofMinute = windows.filter(({ period }) => spanOf(period) === "minute");
  return ofMinute.length > 0 ? `no limit known; ${sumWords(ofMinute, unit)} a minute` : "no limit";
}

function spanOf(period: WindowRule["period"]): string {
  if (period.type !== "rolling" && period.type !== "bucket") return period.type;
  return period.spanMs === DAY_MS ? "day" : period.spanMs === 60_000 ? "minute" : "other";
}

function sumWords(windows: readonly WindowRule[], unit: Tier["unit"]): string {
  const kinds = Map.groupBy(windows, ({ meter, scope }) => `${scope} ${meter}`);
  return [...kinds.values()]
    .map((rules) => {
      const [first] = rules;
      const name = first === undefined ? "" : unitOf(first.meter, unit);
      const limits = rules.map(({ limit }) => limit);
      const [least, most] = [Math.min(...limits), Math.max(...limits)];
      const each = first?.scope === "model" ? " per model" : "";
      return `${least === most ? countedIn(least, name) : `${whole(least)} to ${whole(most)} ${name}`}${each}`;
    })
    .join(", ");
}

/** How old a tier's evidence is. */
export interface Age {
  /** The oldest date of a window's source; of a tier without windows that of any rule. */
  readonly date: string;
  /** `published` where every source says so. */
  readonly status: Evidence["status"];
  readonly isStale: boolean;
}

const LEAST_SURE: readonly Evidence["status"][] = ["assumed", "observed", "published"];

export function ageOf({ rules }: Tier, now: number): Age | undefined {
  const windows = rules.filter(({ kind }) => kind === "window");
  const evidence = (windows.length > 0 ? windows : rules).map((rule) => rule.evidence);
  const [oldest] = evidence.map(({ date }) => date).sort();
  if (oldest === undefined) return undefined;
  return {
    date: oldest,
    status: LEAST_SURE.find((status) => evidence.some((one) => one.status === status)) ?? "assumed",
    isStale: evidence.some((one) => staleSince(one, now) !== undefined),
  };
}

/** `observed 2026-07-18, stale`. */
export function ageWords(age: Age | undefined): string {
  return age === undefined ? "" : `${age.status} ${age.date}${age.isStale ? ", stale" : ""}`;
}

/** What is known of the use of prompts for training, in a word or two. */
export function trainingWords({ training }: Terms): string {
  switch (training?.value) {
    case "yes":
      return "may train on prompts";
    case "no":
      return "does not train on prompts";
    default:
      return "training not known";
  }
}

/** What is known of the use in production. */
export function productionWords({ production }: Terms): string {
  switch (production?.value) {
    case "yes":
      return "production allowed";
    case "no":
      return "not for production";
    default:
      return "production not known";
  }
}
