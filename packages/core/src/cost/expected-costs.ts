import type { LedgerStore } from "../ledger/ledger-store.js";

/** What calls of a model usually cost, learned from those that were settled. */
export interface ExpectedCosts {
  /** API tokens; `undefined` until a call of the model was settled. */
  of(store: LedgerStore, account: string, model: string): Promise<number | undefined>;
  learn(model: string, apiTokens: number): void;
}

const CALLS_REMEMBERED = 20;

/** Reads a model's newest costs from the ledger once, then goes on from this process's own calls. */
export function createExpectedCosts(): ExpectedCosts {
  const costs: Map<string, number[]> = new Map();
  return {
    async of(store, account, model) {
      let known = costs.get(model);
      if (known === undefined) {
        known = await store.recentCosts(account, model, CALLS_REMEMBERED);
        costs.set(model, known);
      }
      if (known.length === 0) return undefined;
      return Math.ceil(known.reduce((sum, cost) => sum + cost, 0) / known.length);
    },
    learn(model, apiTokens) {
      const known = costs.get(model);
      if (known === undefined) return;
      known.unshift(apiTokens);
      known.length = Math.min(known.length, CALLS_REMEMBERED);
    },
  };
}
