import type { Catalog } from "../catalog/create-catalog.js";
import type { CostUnit } from "../cost/meter.js";
import { quote } from "../errors/quote.js";
import { InvalidOptionsError } from "../errors/setup-errors.js";
import type { Rule, Tier, TierDocument } from "../tier/tier.js";
import { type CheckedDocument, tierSchema } from "../tier/tier-schema.js";
import { checkWith, describeFaults, type Fault } from "./describe-fault.js";
import { withOwnCounts } from "./own-counts.js";
import type { Provider } from "./provider.js";
import { isDocumentPath, readDocument } from "./read-document.js";
import type { Signals } from "./signals.js";

/** What a tier is resolved with. */
export interface TierSource {
  readonly provider: Pick<Provider, "tiers" | "unit"> & Partial<Pick<Provider, "signals">>;
  /** Rules may call models by any of their names. */
  readonly catalog: Pick<Catalog, "find">;
  /** What messages call the option. @default 'Option "tier"' */
  readonly option?: string | undefined;
  /** The environment variable that may have filled in a name or a path. */
  readonly variable?: string | undefined;
  /** Reads documents that are written in words of an earlier version. */
  readonly readEarlier?: ((document: unknown, inherited: Tier["rules"]) => EarlierTier | undefined) | undefined;
  readonly warn?: ((message: string) => void) | undefined;
  /** What is wrong with the models that a document's rules name, where that is an error. The path begins with the rule's. */
  readonly faultsOf?: ((rule: Rule, path: readonly PropertyKey[]) => readonly Fault[]) | undefined;
}

/** A document of an earlier version, in today's words. */
export interface EarlierTier {
  readonly document: unknown;
  /** Ids of rules that it has no use for, its own and inherited ones. */
  readonly dropped: ReadonlySet<string>;
  readonly warning: string;
}

/**
 * A tier of the provider by name, or a user's own document, which may be in a file: checked, defaults filled in, inheritance resolved.
 *
 * @throws InvalidOptionsError naming the field that is wrong
 */
export function resolveTier(tier: string | TierDocument, source: TierSource): Tier {
  const { option: name = 'Option "tier"', variable } = source;
  if (typeof tier !== "string") return resolveDocument(tier, name, source);
  const option = variable === undefined ? name : `${name} (${variable})`;
  const { tiers } = source.provider;
  const found = tiers.find(({ name }) => name === tier);
  if (found !== undefined) return found;
  if (isDocumentPath(tier)) return resolveDocument(readDocument(tier, option), `The file ${quote(tier)}`, source);
  throw new InvalidOptionsError(
    `${option} is ${quote(tier)}, but must be one of ${tiers.map(({ name }) => name).join(", ")}, a file that ends in .json, or a tier document.`,
  );
}

function resolveDocument(given: unknown, where: string, source: TierSource): Tier {
  const { provider, catalog } = source;
  if (typeof given === "object" && given !== null && "baseURL" in given && "tiers" in given) {
    throw new InvalidOptionsError(
      `${where} is a provider's document, not a tier's: hand it to createEngine({ providers: [{ document }] }).`,
    );
  }
  const baseName = typeof given === "object" && given !== null && "extends" in given ? given.extends : undefined;
  const base = provider.tiers.find(({ name }) => name === baseName);
  const earlier = source.readEarlier?.(given, base?.rules ?? []);
  const { checked, faults } = checkWith(tierSchema(), earlier?.document ?? given);
  if (checked === undefined) {
    throw new InvalidOptionsError(`${where} is not a valid tier document:\n${describeFaults(faults)}`);
  }
  if (checked.extends !== undefined && base === undefined) {
    throw new InvalidOptionsError(
      `${where} extends ${quote(checked.extends)}, but can extend one of ${provider.tiers.map(({ name }) => name).join(", ")}.`,
    );
  }
  const { faultsOf } = source;
  const strange =
    faultsOf === undefined ? [] : checked.rules.flatMap((rule, index) => faultsOf(rule, ["rules", index, "models"]));
  if (strange.length > 0)
    throw new InvalidOptionsError(`${where} is not a valid tier document:\n${describeFaults(strange)}`);
  const tier = extendTier(checked, base, { unit: provider.unit, catalog, signals: provider.signals });
  if (earlier === undefined) return tier;
  source.warn?.(earlier.warning);
  return { ...tier, rules: tier.rules.filter(({ id }) => !earlier.dropped.has(id)) };
}

/** A tier with the rules of another, of which its own replace those with their ids. */
export function extendTier(
  { name, title, rules }: CheckedDocument,
  base: Tier | undefined,
  {
    unit,
    catalog,
    signals = {},
  }: {
    readonly unit: CostUnit;
    readonly catalog: Pick<Catalog, "find">;
    /** How the provider reports windows. */
    readonly signals?: Partial<Signals> | undefined;
  },
): Tier {
  const own = rules.map((rule) => withPrimaryIds(rule, catalog));
  const replaced = new Set(own.map(({ id }) => id));
  const inherited = base?.rules.filter(({ id }) => !replaced.has(id)) ?? [];
  return { name, title, unit, rules: withOwnCounts([...inherited, ...own], signals) };
}

/** Rules hold for a model, whichever of its names a document has: calls are counted by the primary id. */
export function withPrimaryIds(rule: Rule, catalog: Pick<Catalog, "find">): Rule {
  const primaryId = (name: string): string => {
    const found = catalog.find(name);
    return found.kind === "model" ? found.model.id : name;
  };
  if (rule.models === undefined) return rule;
  return {
    ...rule,
    models: rule.models.map((name) => (name.startsWith("!") ? `!${primaryId(name.slice(1))}` : primaryId(name))),
  };
}
