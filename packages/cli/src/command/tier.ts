import {
  InvalidOptionsError,
  isDocumentPath,
  metricOf,
  type ProviderDocument,
  type Rule,
  readDocument,
  resolveProvider,
  resolveTier,
  staleSince,
  type Tier,
} from "@laplas/core";
import { counted, METRIC_NAMES } from "@laplas/gateway/bodies";
import type { Command } from "commander";
import { configuredTiers } from "../config/configured-tiers.js";
import { addEngineFlags, addJsonFlag, type EngineFlags } from "../config/engine-flags.js";
import { withStoredKey } from "../config/keys-file.js";
import { configOf } from "../config/open-engine.js";
import { paint } from "../terminal/paint.js";
import { note, printJson, printLines } from "../terminal/print.js";
import { wrap } from "../terminal/table.js";
import type { Terminal } from "../terminal/terminal.js";
import { describeRule } from "./describe-rule.js";
import { byAccount, byEvidence, doubtLines, doubtsBody, type RuledProvider } from "./tier-doubts.js";

interface TierFlags extends EngineFlags {
  readonly doubt?: boolean;
}

export function define(command: Command, terminal: Terminal): void {
  addEngineFlags(addJsonFlag(command))
    .option("--doubt", "only what is in doubt: stale, observed by others, contradicted by the server")
    .argument("[tier]", "a tier's name, or a JSON file with a tier or a whole provider (default: the one in force)")
    .addHelpText(
      "after",
      `
Examples:
  laplas tier
  laplas tier playground
  laplas tier ./my-tier.json
  laplas tier --doubt                what should be read again
  laplas tier --json | jq '.rules[] | select(.evidence.status == "assumed")'

A rule is "published" where a page of the provider says so, "observed" where
servers were seen to keep to it, "assumed" where nobody says so and this is the
value taken. It is "stale" where its source should be read again.`,
    )
    .action(async (named: string | undefined, flags: TierFlags) => {
      if (named !== undefined && flags.tier !== undefined) {
        throw new InvalidOptionsError(`Name one tier: ${JSON.stringify(named)}, or that of --tier.`);
      }
      const providers =
        named === undefined ? await configuredTiers(terminal, configOf(terminal, flags)) : tiersOf(terminal, named);
      const now = Date.now();
      const { columns } = terminal.stdout;
      if (flags.doubt) {
        const { doubted, problem } =
          named === undefined
            ? await byAccount(terminal, withStoredKey(configOf(terminal, flags), terminal.environment), providers, now)
            : { doubted: providers.map((one) => byEvidence(one, now)) };
        if (flags.json) printJson(terminal, doubtsBody(doubted));
        else printLines(terminal, apart(doubted.map((one) => doubtLines(one, columns))));
        if (problem !== undefined) note(terminal, `\nWhat servers have said of their limits is not known. ${problem}`);
        return;
      }
      if (flags.json) for (const { tier } of providers) printJson(terminal, tierBody(tier, now));
      else printLines(terminal, apart(providers.map(({ tier }) => tierLines(tier, columns, now))));
    });
}

/** With an empty line between them. */
function apart(blocks: readonly string[][]): string[] {
  return blocks.flatMap((lines, index) => (index === 0 ? lines : ["", ...lines]));
}

/** The tier of a name or a file; of a provider's document all that it has. */
function tiersOf(terminal: Terminal, named: string): readonly RuledProvider[] {
  const warn = (text: string): void => void terminal.warnings.add(text);
  const option = "The argument";
  if (!isDocumentPath(named)) return [ruled(resolveTier(named, { option, warn }))];
  const path = terminal.resolve(named);
  const document = readDocument(path, option);
  if (typeof document !== "object" || document === null || !("tiers" in document))
    return [ruled(resolveTier(path, { option, warn }))];
  // Nothing is called, so the variables of its address need not be set.
  const { id, title, tiers } = resolveProvider(document as ProviderDocument, { baseURL: "https://not-called.invalid" });
  return tiers.map((tier) => ({ id, title, tier }));
}

function ruled(tier: Tier): RuledProvider {
  return { id: tier.name, title: tier.title, tier };
}

export function tierLines({ name, title, unit, rules }: Tier, columns: number, now: number): string[] {
  if (rules.length === 0) return [`${paint("bold", title)} (${name}): no rules, nothing is limited.`];
  const counts = (["published", "observed", "assumed"] as const).flatMap((status) => {
    const count = rules.filter(({ evidence }) => evidence.status === status).length;
    return count === 0 && status === "observed" ? [] : [`${count} ${status}`];
  });
  const stale = rules.filter(({ evidence }) => staleSince(evidence, now) !== undefined).length;
  return [
    ...wrap(
      `${paint("bold", title)} (${name}): ${counted(rules.length, "rule")}, ${[...counts, ...(stale === 0 ? [] : [`${stale} stale`])].join(", ")}`,
      columns,
    ),
    ...rules.flatMap((rule) => ["", ...ruleLines(rule, unit, columns, now)]),
  ];
}

function ruleLines(rule: Rule, unit: Tier["unit"], columns: number, now: number): string[] {
  const { source, date, status } = rule.evidence;
  const stale = staleSince(rule.evidence, now);
  const mark = paint(status === "published" && stale === undefined ? "green" : "yellow", status);
  const inner = columns - 6;
  const age = stale === undefined ? date : `${date}, stale since ${stale}: read the source again`;
  const [first = "", ...more] = wrap(`${status}, ${age}. ${source}`, inner);
  return [
    `  ${paint("bold", rule.id)}`,
    ...wrap(describeRule(rule, unit), inner).map((line) => `    ${line}`),
    `    ${mark}${paint("dim", first.slice(status.length))}`,
    ...more.map((line) => `    ${paint("dim", line)}`),
  ];
}

/** The tier as JSON: its document's fields in snake_case; names of rules and their kinds as a document has them. */
export function tierBody({ unit, rules, ...tier }: Tier, now: number): object {
  return {
    object: "tier",
    ...tier,
    unit: { name: unit.name, field: METRIC_NAMES[unit.field] },
    rules: rules.map((rule) => {
      const body = snakeCase(rule) as object;
      return {
        ...body,
        // As `GET /v1/quota` names what is counted.
        ...(rule.kind === "window"
          ? { metric: METRIC_NAMES[metricOf(rule.meter, unit)], meter: METRIC_NAMES[rule.meter] }
          : {}),
        evidence: { ...(snakeCase(rule.evidence) as object), stale: staleSince(rule.evidence, now) !== undefined },
      };
    }),
  };
}

function snakeCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(snakeCase);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => [
      key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      snakeCase(field),
    ]),
  );
}
