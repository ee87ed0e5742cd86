import { isInForce } from "../ledger/admit.js";
import { BREAKER, type LedgerStore } from "../ledger/ledger-store.js";

/**
 * Milliseconds until the breaker lets one call of an account try; 0 where it is closed, or may be tried now.
 *
 * @throws LedgerError
 */
export async function msUntilTry({
  store,
  name,
}: {
  readonly store: LedgerStore;
  readonly name: string;
}): Promise<number> {
  const { blocks, now } = await store.view(name, []);
  const breaker = blocks.find((block) => block.name === BREAKER);
  return breaker === undefined || !isInForce(breaker, now) ? 0 : breaker.until - now;
}
