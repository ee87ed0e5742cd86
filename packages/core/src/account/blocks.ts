import { isInForce } from "../ledger/admit.js";
import type { Block, ReserveCommand } from "../ledger/ledger-store.js";
import type { AccountLook } from "./look.js";

/** The blocks that close a call now: those of its scopes and of what it counts in. The breaker's, which lasts seconds, is not among them. */
export function blocksOn(
  { scopes, buckets }: Pick<ReserveCommand, "scopes" | "buckets">,
  { blocks, now }: Pick<AccountLook, "blocks" | "now">,
): readonly Block[] {
  const names = new Set([...scopes, ...buckets.map(({ name }) => name)]);
  return blocks.filter((block) => names.has(block.name) && isInForce(block, now));
}
