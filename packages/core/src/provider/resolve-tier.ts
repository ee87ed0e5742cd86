import { z } from "zod";
import type { Catalog } from "../catalog/create-catalog.js";
import { quote } from "../errors/quote.js";
import { InvalidOptionsError } from "../errors/setup-errors.js";
import type { Rule, Tier, TierDocument } from "../tier/tier.js";
import { tierSchema } from "../tier/tier-schema.js";
import type { Provider } from "./provider.js";

/** What a tier is resolved with. */
export interface TierSource {
  readonly provider: Pick<Provider, "tiers" | "unit">;
  /** Rules may call models by any of their names. */
  readonly catalog: Pick<Catalog, "find">;
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
    `Option "tier" (LAPLAS_TIER) is ${quote(tier)}, but must be one of ${tiers.map(({ name }) => name).join(", ")}, or a tier document.`,
  );
}

function resolveDocument(document: TierDocument, { provider, catalog }: TierSource): Tier {
  const parsed = tierSchema().safeParse(document);
  if (!parsed.success) {
    throw new InvalidOptionsError(`Option "tier" is not a valid tier document:\n${z.prettifyError(parsed.error)}`);
  }
  const { extends: baseName, rules, name, title } = parsed.data;
  const own: Tier = { name, title, unit: provider.unit, rules: rules.map((rule) => withPrimaryIds(rule, catalog)) };
  if (baseName === undefined) return own;
  const base = provider.tiers.find(({ name }) => name === baseName);
  if (base === undefined) {
    throw new InvalidOptionsError(
      `Option "tier" extends ${quote(baseName)}, but can extend one of ${provider.tiers.map(({ name }) => name).join(", ")}.`,
    );
  }
  const replaced = new Set(own.rules.map((rule) => rule.id));
  return { ...own, rules: [...base.rules.filter((rule) => !replaced.has(rule.id)), ...own.rules] };
}

/** Rules hold for a model, whichever of its names a document has: calls are counted by the primary id. */
function withPrimaryIds(rule: Rule, catalog: Pick<Catalog, "find">): Rule {
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
