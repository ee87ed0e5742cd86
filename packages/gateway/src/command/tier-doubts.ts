import type { EngineProvider, Rule } from "@laplas/core";
import { staleSince } from "../routes/evidence-body.js";
import { paint } from "../terminal/paint.js";
import { wrap } from "../terminal/table.js";
import { describeRule } from "./describe-rule.js";

/** Why a rule's value is not to be relied on. */
export type Doubt =
  | { readonly why: "stale"; readonly rule: Rule; readonly since: string }
  | { readonly why: "observed"; readonly rule: Rule }
  /** The server says another limit. */
  | { readonly why: "contradicted"; readonly rule: Rule; readonly said: number };

/** A provider, as far as its rules go. */
export type RuledProvider = Pick<EngineProvider, "id" | "title" | "tier">;

/** What of a tier is in doubt by its own evidence, in the order of its rules. */
export function doubtsOf({ tier }: Pick<RuledProvider, "tier">, now: number): readonly Doubt[] {
  return tier.rules.flatMap((rule): Doubt[] => {
    const since = staleSince(rule.evidence, now);
    return [
      ...(since === undefined ? [] : [{ why: "stale" as const, rule, since }]),
      ...(rule.evidence.status === "observed" ? [{ why: "observed" as const, rule }] : []),
    ];
  });
}

export function doubtLines({ id, tier }: RuledProvider, doubts: readonly Doubt[], columns: number): string[] {
  const title = `${paint("bold", tier.title)} (${id})`;
  if (doubts.length === 0) return [`${title}: nothing is in doubt.`];
  const rules = [...new Set(doubts.map(({ rule }) => rule))];
  return [
    `${title}: ${rules.length} of ${tier.rules.length} rules in doubt`,
    ...rules.flatMap((rule) => {
      const own = doubts.filter((doubt) => doubt.rule === rule);
      return [
        "",
        `  ${paint("bold", rule.id)}`,
        ...wrap(describeRule(rule, tier.unit), columns - 4).map((line) => `    ${line}`),
        ...own.flatMap((doubt) => wrap(doubtWords(doubt), columns - 4).map((line) => `    ${paint("yellow", line)}`)),
      ];
    }),
  ];
}

function doubtWords(doubt: Doubt): string {
  const { source, date } = doubt.rule.evidence;
  switch (doubt.why) {
    case "stale":
      return `Stale since ${doubt.since}: read of ${date}, read it again. ${source}`;
    case "observed":
      return `Observed, no page has it: ${source}`;
    case "contradicted":
      return `Contradicted: the server says ${doubt.said}.`;
  }
}

/** Doubts as JSON. */
export function doubtsBody(providers: readonly (RuledProvider & { readonly doubts: readonly Doubt[] })[]): object {
  return {
    object: "doubts",
    data: providers.flatMap(({ id, tier, doubts }) =>
      doubts.map((doubt) => ({
        provider: id,
        tier: tier.name,
        rule: doubt.rule.id,
        why: doubt.why,
        since: doubt.why === "stale" ? doubt.since : null,
        said: doubt.why === "contradicted" ? doubt.said : null,
        source: doubt.rule.evidence.source,
        date: doubt.rule.evidence.date,
      })),
    ),
  };
}
