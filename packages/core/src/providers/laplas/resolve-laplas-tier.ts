import { resolveTier as resolve } from "../../provider/resolve-tier.js";
import type { Tier, TierDocument } from "../../tier/tier.js";
import { laplas } from "./laplas.js";
import { createCatalog } from "./laplas-catalog.js";
import type { TierName } from "./laplas-tiers.js";

/**
 * A tier of laplas by name, or a user's own document: checked, defaults filled in, inheritance resolved.
 *
 * @throws InvalidOptionsError naming the field that is wrong
 */
export function resolveTier(tier: TierName | TierDocument): Tier {
  return resolve(tier, { provider: laplas, catalog: createCatalog() });
}
