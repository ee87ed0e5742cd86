import { resume } from "../account/off.js";
import type { Misdated } from "../ledger/misdated.js";
import { type Doubt, doubtsOf } from "../tier/doubts.js";
import type { Pool } from "./pool.js";

/** A rule in doubt, with the id of its provider. */
export type ProviderDoubt = Doubt & { readonly provider: string };

/** The sum over all accounts. @throws LedgerError */
export async function misdatedOf({ all }: Pick<Pool, "all">): Promise<Misdated> {
  let sum: Misdated = { calls: 0, blocks: 0 };
  for (const { account } of all) {
    const { store, name } = await account.open();
    const found = (await store.misdated?.(name)) ?? { calls: 0, blocks: 0 };
    const latest = Math.max(sum.latest ?? 0, found.latest ?? 0);
    sum = {
      calls: sum.calls + found.calls,
      blocks: sum.blocks + found.blocks,
      ...(latest === 0 ? {} : { latest }),
    };
  }
  return sum;
}

/** @throws LedgerError */
export async function redateAll({ all }: Pick<Pool, "all">): Promise<void> {
  for (const { account } of all) {
    const { store, name } = await account.open();
    await store.redate?.(name);
  }
}

/** @throws LedgerError */
export async function resumeAll({ all }: Pick<Pool, "all">): Promise<void> {
  for (const { account } of all) await resume(account);
}

/** The rules in doubt of all providers, in the providers' order. @throws LedgerError */
export async function doubtsOfAll({ all }: Pick<Pool, "all">): Promise<readonly ProviderDoubt[]> {
  const doubts: ProviderDoubt[] = [];
  for (const { account, options } of all) {
    const found = doubtsOf(options.tier, options.now(), await account.saidLimits());
    for (const doubt of found) doubts.push({ provider: options.provider.id, ...doubt });
  }
  return doubts;
}
