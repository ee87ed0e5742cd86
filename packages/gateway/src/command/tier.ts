import { type Metric, type Rule, resolveTier, type Tier, unitOf, type WindowRule } from "@laplas/core";
import type { Command } from "commander";
import { addEngineFlags, addJsonFlag, type EngineFlags } from "../config/engine-flags.js";
import { configOf } from "../config/open-engine.js";
import { METRIC_NAMES } from "../routes/quota-body.js";
import { paint } from "../terminal/paint.js";
import { printJson, printLines } from "../terminal/print.js";
import { wrap } from "../terminal/table.js";
import type { Terminal } from "../terminal/terminal.js";
import { counted, duration, whole } from "../terminal/words.js";

export function define(command: Command, terminal: Terminal): void {
  addEngineFlags(addJsonFlag(command))
    .addHelpText(
      "after",
      `
Examples:
  laplas tier
  laplas tier --tier playground
  laplas tier --json | jq '.rules[] | select(.evidence.status == "assumed")'

A rule is "published" where a page of laplas says so, "assumed" where nobody
does and this is the value taken.`,
    )
    .action((flags: EngineFlags) => {
      // Neither key nor ledger: rules are data.
      const tier = resolveTier(configOf(terminal, flags).tier ?? "free");
      if (flags.json) printJson(terminal, tierBody(tier));
      else printLines(terminal, tierLines(tier, terminal.stdout.columns));
    });
}

export function tierLines({ name, title, surface, rules }: Tier, columns: number): string[] {
  const assumed = rules.filter(({ evidence }) => evidence.status === "assumed").length;
  const where = surface === "api" ? "calls through the API" : "calls in the Playground";
  if (rules.length === 0) return [`${paint("bold", title)} (${name}): no rules, nothing is limited.`];
  return [
    ...wrap(
      `${paint("bold", title)} (${name}), ${where}: ${counted(rules.length, "rule")}, ${rules.length - assumed} published, ${assumed} assumed`,
      columns,
    ),
    ...rules.flatMap((rule) => ["", ...ruleLines(rule, columns)]),
  ];
}

function ruleLines(rule: Rule, columns: number): string[] {
  const { source, date, status } = rule.evidence;
  const mark = paint(status === "published" ? "green" : "yellow", status);
  const inner = columns - 6;
  const [first = "", ...more] = wrap(`${status}, ${date}. ${source}`, inner);
  return [
    `  ${paint("bold", rule.id)}`,
    ...wrap(describeRule(rule), inner).map((line) => `    ${line}`),
    `    ${mark}${paint("dim", first.slice(status.length))}`,
    ...more.map((line) => `    ${paint("dim", line)}`),
  ];
}

const EXCESS = {
  adjust: "more is made to fit",
  split: "more are asked for one after another",
  refuse: "more is refused",
};

/** A rule in words. Its values stand in the tier's document; nothing is decided here. */
export function describeRule(rule: Rule): string {
  switch (rule.kind) {
    case "allowedModalities":
      return `Only ${rule.modalities.join(", ")} models.`;
    case "maxOutputTokens":
      return `At most ${whole(rule.limit)} output tokens in an answer; ${EXCESS[rule.onExcess]}.`;
    case "forbiddenContent":
      return `No ${rule.partTypes.join(", ")} parts in messages.`;
    case "maxImages":
      return `${counted(rule.limit, "image")} at a time${withModels(rule.models)}; ${EXCESS[rule.onExcess]}.`;
    case "maxImageSize":
      return `At most ${rule.width}x${rule.height} pixels${withModels(rule.models)}; ${EXCESS[rule.onExcess]}.`;
    case "maxRequestCost":
      return `At most ${whole(rule.limit)} API tokens for one request to ${rule.modalities.join(", ")} models.`;
    case "concurrency":
      return rule.limit === 1
        ? "One call at a time; others wait their turn."
        : `${whole(rule.limit)} calls at a time; others wait their turn.`;
    case "window":
      return describeWindow(rule);
  }
}

function describeWindow({ metric, limit, period, per, class: kind, surface, ...rule }: WindowRule): string {
  const span = describePeriod(period);
  const whom =
    per === "model"
      ? ` for each ${kind === undefined ? "" : `${kind} `}model`
      : kind === undefined
        ? ""
        : ` for all ${kind} models`;
  const both = surface === "both" ? "; API and Playground count together" : "";
  const failures = rule.countsFailures === true ? ", failed ones too" : "";
  const asked = rule.hold === "asked" ? "; a call needs room for its longest answer" : "";
  return `${whole(limit)} ${unitOf(metric)}${whom} ${span}${failures}${asked}${both}.`;
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
  return models === undefined ? "" : ` with ${models.join(", ")}`;
}

/** The tier as JSON: its document's fields in snake_case; names of rules and their kinds as a document has them. */
export function tierBody(tier: Tier): object {
  return { object: "tier", ...(snakeCase(tier) as object) };
}

function snakeCase(value: unknown, name = ""): unknown {
  if (Array.isArray(value)) return value.map((item) => snakeCase(item));
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, field]) => [
        key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
        snakeCase(field, key),
      ]),
    );
  }
  // As `GET /v1/quota` names it.
  return name === "metric" ? METRIC_NAMES[value as Metric] : value;
}
