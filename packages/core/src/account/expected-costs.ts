import type { LedgerStore } from "../ledger/ledger-store.js";
import { COST_BUCKET } from "./bucket-name.js";

/** What calls of a model usually cost, learned from those that were settled. */
export interface ExpectedCosts {
  /** API tokens; `undefined` until a call of the model was settled. */
  of(model: string): Promise<number | undefined>;
  learn(model: string, apiTokens: number): void;
}

const CALLS_REMEMBERED = 20;

/** Reads a model's newest costs from the ledger once, then goes on from this process's own calls. */
export function createExpectedCosts(
  open: () => Promise<{ readonly store: LedgerStore; readonly name: string }>,
): ExpectedCosts {
  const costs: Map<string, number[]> = new Map();
  /** A crowd that comes at once asks once. */
  const reading: Map<string, Promise<number[]>> = new Map();
  const read = async (model: string): Promise<number[]> => {
    try {
      const { store, name } = await open();
      const found = await store.recentCosts(name, model, COST_BUCKET, CALLS_REMEMBERED);
      costs.set(model, found);
      return found;
    } finally {
      reading.delete(model);
    }
  };
  return {
    async of(model) {
      let known = costs.get(model);
      if (known === undefined) {
        const asked = reading.get(model) ?? read(model);
        reading.set(model, asked);
        known = await asked;
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
