import {
  type ChatRequest,
  type CheckResult,
  type Laplas,
  LedgerError,
  type LengthOptions,
  metricOf,
  type WindowStatus,
} from "@laplas/core";

/** What a call would meet now, and what is left to pay for it. */
export interface ModelCheck extends CheckResult {
  /** What is left, in the provider's unit of cost, of the tier's tightest window, without those that running calls hold; absent where nothing is limited. */
  readonly remaining?: number;
  /** When that window starts anew. */
  readonly resetsAt?: Date;
}

/** Asks the engine about a request. Spends nothing. Of a ledger that fails nothing is known, which the check says. */
export async function checkCall(engine: Laplas, request: ChatRequest, length: LengthOptions): Promise<ModelCheck> {
  const [check, windows] = await Promise.all([engine.check(request, length), knownWindows(engine)]);
  const cost = metricOf("credits", engine.tier.unit);
  const [tightest] = windows.filter(({ metric }) => metric === cost).sort((one, other) => one.left - other.left);
  return tightest === undefined ? check : { ...check, remaining: tightest.left, resetsAt: tightest.resetsAt };
}

async function knownWindows(engine: Laplas): Promise<readonly WindowStatus[]> {
  try {
    return (await engine.status()).windows;
  } catch (error) {
    if (LedgerError.isInstance(error)) return [];
    throw error;
  }
}
