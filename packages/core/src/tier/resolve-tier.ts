import { z } from "zod";
import { createCatalog } from "../catalog/create-catalog.js";
import { quote } from "../errors/quote.js";
import { InvalidOptionsError } from "../errors/setup-errors.js";
import { freeTier, paidTier, playgroundTier } from "./built-in-tiers.js";
import type { Rule, Tier, TierDocument } from "./tier.js";
import { tierSchema } from "./tier-schema.js";

/** Names of the tiers that come with the package. */
export type TierName = "free" | "playground" | "paid";

const BUILT_IN: Readonly<Record<TierName, Tier>> = { free: freeTier, playground: playgroundTier, paid: paidTier };

/**
 * A built-in tier by name, or a user's own document: checked, defaults filled in, inheritance resolved.
 *
 * @throws InvalidOptionsError naming the field that is wrong
 */
export function resolveTier(tier: TierName | TierDocument): Tier {
  if (typeof tier !== "string") return resolveDocument(tier);
  if (Object.hasOwn(BUILT_IN, tier)) return BUILT_IN[tier];
  throw new InvalidOptionsError(
    `Option "tier" (LAPLAS_TIER) is ${quote(tier)}, but must be one of ${Object.keys(BUILT_IN).join(", ")}, or a tier document.`,
  );
}

function resolveDocument(document: TierDocument): Tier {
  const parsed = tierSchema().safeParse(document);
  if (!parsed.success) {
    throw new InvalidOptionsError(`Option "tier" is not a valid tier document:\n${z.prettifyError(parsed.error)}`);
  }
  const { extends: baseName, ...checked } = parsed.data;
  const own = { ...checked, proModels: checked.proModels.map(primaryId), rules: checked.rules.map(withPrimaryIds) };
  if (baseName === undefined) return { ...own, surface: own.surface ?? "api" };
  // Rules of a surface bind on that surface only: elsewhere the inherited ones would hold in name alone.
  const surface = own.surface ?? BUILT_IN[baseName].surface;
  const replaced = new Set(own.rules.map((rule) => rule.id));
  return {
    ...own,
    surface,
    rules: [...BUILT_IN[baseName].rules.filter((rule) => !replaced.has(rule.id)), ...own.rules],
  };
}

/** Rules and classes hold for a model, whichever of its names a document has: calls are counted by the primary id. */
function primaryId(name: string): string {
  const found = createCatalog().find(name);
  return found.kind === "model" ? found.model.id : name;
}

function withPrimaryIds(rule: Rule): Rule {
  return "models" in rule && rule.models !== undefined ? { ...rule, models: rule.models.map(primaryId) } : rule;
}
