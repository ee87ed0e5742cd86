import { resolveTier as resolve } from "../../provider/resolve-tier.js";
import type { Tier, TierDocument } from "../../tier/tier.js";
import { readFirstEditionTier } from "./first-edition-tier.js";
import { laplas } from "./laplas.js";
import { createCatalog } from "./laplas-catalog.js";
import type { TierName } from "./laplas-tiers.js";

/** What {@link resolveTier} takes beside the tier. */
export interface ResolveTierOptions {
  /** What messages call the place where it was given. @default 'Option "tier" (LAPLAS_TIER)' */
  readonly option?: string | undefined;
  /** Hears of what is read, and should be written in another way. */
  readonly warn?: ((message: string) => void) | undefined;
}

/**
 * A tier of laplas by name, or a user's own document, which may be the path of a JSON file: checked, defaults filled in, inheritance resolved.
 *
 * @throws InvalidOptionsError naming the field that is wrong
 */
export function resolveTier(
  tier: TierName | (string & {}) | TierDocument,
  { option, warn }: ResolveTierOptions = {},
): Tier {
  return resolve(tier, {
    provider: laplas,
    catalog: createCatalog(),
    ...(option === undefined ? { variable: "LAPLAS_TIER" } : { option }),
    readEarlier: readFirstEditionTier,
    warn,
  });
}
