import type { LaplasErrorDetails } from "../errors/laplas-error.js";
import { FatalLimitError } from "../errors/limit-errors.js";
import { quote } from "../errors/quote.js";
import type { Block, BlockCode } from "../ledger/ledger-store.js";
import { ENDED_BY_HAND } from "../ledger/misdated.js";
import type { Account } from "./account.js";
import { modelScope, WHOLE_ACCOUNT } from "./scopes.js";

/** The codes of what is not served at all, until somebody asks again by hand. */
export type OffCode = Exclude<BlockCode, "hourly_quota" | "daily_quota" | "monthly_quota">;

const HUNDRED_YEARS_MS = 100 * 365.25 * 86_400_000;

/** Closes an account or a model that the provider does not serve on this plan. No time ends it, only a hand. */
export function blockOff(code: OffCode, scope: "model" | "pool" | "account", model: string, now: number): Block {
  const name = scope === "account" ? WHOLE_ACCOUNT : modelScope(model);
  const [until, longestMs] = [now + HUNDRED_YEARS_MS, HUNDRED_YEARS_MS];
  return { name, until, longestMs, code, rule: "upstream", needsProbe: false };
}

export function isOff(code: string): code is OffCode {
  return (ENDED_BY_HAND as ReadonlySet<string>).has(code);
}

/** Said when the provider says it, and to every call that is refused for it later. Hosts act on words: these make none of them ask again. */
export function offError(
  code: OffCode,
  tierTitle: string,
  model: string | undefined,
  details: Omit<LaplasErrorDetails, "retryAfterMs"> = {},
): FatalLimitError {
  const what =
    code === "payment_required"
      ? "the provider requires payment before it serves any more requests"
      : `the provider does not serve ${model === undefined ? "this model" : quote(model)} on this plan`;
  return new FatalLimitError(
    code,
    `${tierTitle}: ${what}. It is not asked again until you say so: laplas doctor --resume, or resume() of the engine.`,
    { rule: "upstream", ...details },
  );
}

/** Ends what no time ends, so that the next calls ask the provider again. @throws LedgerError */
export async function resume(account: Pick<Account, "open">): Promise<void> {
  const { store, name } = await account.open();
  const { blocks } = await store.view(name, []);
  const off = blocks.filter(({ code }) => isOff(code));
  if (off.length > 0)
    await store.teach(
      name,
      off.map((block) => ({ kind: "lift", name: block.name })),
    );
}
