import type { WindowRule } from "../tier/tier.js";
import { tierLimits } from "../tier/tier-limits.js";
import type { AccountParts } from "./account.js";
import { windowsOf } from "./windows.js";

/**
 * Names a model that costs nothing, for a caller whose plan was too large for the day: one that the tier serves and that no window binds. A
 * window that is full stops what costs nothing as well.
 */
export function remedyOf({ options }: AccountParts, model: string, full: WindowRule | undefined): string {
  if (full?.meter !== "credits") return "";
  const { catalog, tier } = options;
  const free = catalog.models.find(
    (one) =>
      one.id !== model &&
      one.modality === "chat" &&
      one.hello !== undefined &&
      one.hello.input + one.hello.output === 0 &&
      windowsOf(tier, one.id).length === 0 &&
      tierLimits(tier, one).isServed,
  );
  return free === undefined ? "" : ` To make a budget last: ${free.id} costs 0.`;
}
