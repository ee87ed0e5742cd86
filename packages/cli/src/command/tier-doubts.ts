import { type Doubt, doubtsOf, type EngineProvider, isLaplasError } from "@laplas/core";
import { whole } from "@laplas/gateway/bodies";
import type { GatewayConfig } from "../config/config-schema.js";
import { openSource } from "../config/engine-source.js";
import { paint } from "../terminal/paint.js";
import { wrap } from "../terminal/table.js";
import type { Terminal } from "../terminal/terminal.js";
import { describeRule } from "./describe-rule.js";

/** A provider, as far as its rules go. */
export type RuledProvider = Pick<EngineProvider, "id" | "title" | "tier">;

/** The same, and which of its rules are in doubt. */
export type DoubtedProvider = RuledProvider & { readonly doubts: readonly Doubt[] };

/** What is in doubt by the evidence alone. */
export function byEvidence(provider: RuledProvider, now: number): DoubtedProvider {
  return { ...provider, doubts: doubtsOf(provider.tier, now, new Map()) };
}

/** What is in doubt of the providers in force. What servers have said stands in the account, for which the keys must be there. */
export async function byAccount(
  terminal: Terminal,
  config: GatewayConfig,
  providers: readonly RuledProvider[],
  now: number,
): Promise<{ readonly doubted: readonly DoubtedProvider[]; readonly problem?: string }> {
  try {
    const source = await openSource(terminal, config, { sandbox: false });
    const engine = source.open();
    try {
      const all = await engine.doubts();
      const of = (id: string): readonly Doubt[] => all.filter(({ provider }) => provider === id);
      return { doubted: engine.providers.map((one) => ({ ...one, doubts: of(one.id) })) };
    } finally {
      await engine.close();
      await source.close();
    }
  } catch (error) {
    if (!isLaplasError(error)) throw error;
    return { doubted: providers.map((one) => byEvidence(one, now)), problem: error.message };
  }
}

export function doubtLines({ id, tier, doubts }: DoubtedProvider, columns: number): string[] {
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
        ...wrap(`Source: ${rule.evidence.source}`, columns - 4).map((line) => `    ${paint("dim", line)}`),
      ];
    }),
  ];
}

function doubtWords(doubt: Doubt): string {
  switch (doubt.why) {
    case "stale":
      return `Stale since ${doubt.since}: last checked on ${doubt.rule.evidence.date}, check the source again.`;
    case "observed":
      return "Observed: the provider publishes no such number.";
    case "contradicted":
      return `Contradicted: the server says ${whole(doubt.said)}, and its word counts more than the source.`;
  }
}

/** Doubts as JSON. */
export function doubtsBody(providers: readonly DoubtedProvider[]): object {
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
