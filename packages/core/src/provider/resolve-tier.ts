import type { Catalog } from "../catalog/create-catalog.js";
import type { CostUnit } from "../cost/meter.js";
import { quote } from "../errors/quote.js";
import { InvalidOptionsError } from "../errors/setup-errors.js";
import type { Rule, Tier, TierDocument } from "../tier/tier.js";
import { type CheckedDocument, tierSchema } from "../tier/tier-schema.js";
import { checkWith, describeFaults } from "./describe-fault.js";
import type { Provider } from "./provider.js";

/** What a tier is resolved with. */
export interface TierSource {
  readonly provider: Pick<Provider, "tiers" | "unit">;
  /** Rules may call models by any of their names. */
  readonly catalog: Pick<Catalog, "find">;
  /** Where the document is from, for its faults. @default 'Option "tier"' */
  readonly where?: string | undefined;
}

/**
 * A tier of the provider by name, or a user's own document: checked, defaults filled in, inheritance resolved.
 *
 * @throws InvalidOptionsError naming the field that is wrong
 */
export function resolveTier(tier: string | TierDocument, source: TierSource): Tier {
  if (typeof tier !== "string") return resolveDocument(tier, source);
  const { tiers } = source.provider;
  const found = tiers.find(({ name }) => name === tier);
  if (found !== undefined) return found;
  throw new InvalidOptionsError(
    `Option "tier" (LAPLAS_TIER) is ${quote(tier)}, but must be one of ${tiers.map(({ name }) => name).join(", ")}, the path of a file that ends in .json, or a tier document.`,
  );
}

function resolveDocument(document: TierDocument, { provider, catalog, where = 'Option "tier"' }: TierSource): Tier {
  const { checked, faults } = checkWith(tierSchema(), document);
  if (checked === undefined) {
    throw new InvalidOptionsError(`${where} is not a valid tier document:\n${describeFaults(faults)}`);
  }
  const { extends: baseName } = checked;
  const base = provider.tiers.find(({ name }) => name === baseName);
  if (baseName !== undefined && base === undefined) {
    throw new InvalidOptionsError(
      `${where} extends ${quote(baseName)}, but can extend one of ${provider.tiers.map(({ name }) => name).join(", ")}.`,
    );
  }
  return extendTier(checked, base, { unit: provider.unit, catalog });
}

/** A tier with the rules of another, of which its own replace those with their ids. */
export function extendTier(
  { name, title, rules }: CheckedDocument,
  base: Tier | undefined,
  { unit, catalog }: { readonly unit: CostUnit; readonly catalog: Pick<Catalog, "find"> },
): Tier {
  const own = rules.map((rule) => withPrimaryIds(rule, catalog));
  const replaced = new Set(own.map(({ id }) => id));
  const inherited = base?.rules.filter(({ id }) => !replaced.has(id)) ?? [];
  return { name, title, unit, rules: [...inherited, ...own] };
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
