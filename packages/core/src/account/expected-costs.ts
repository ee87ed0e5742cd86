import type { LedgerStore } from "../ledger/ledger-store.js";
import { COST_BUCKET } from "./bucket-name.js";

/** What calls of a model usually cost, learned from those that were settled. */
export interface ExpectedCosts {
  /** What a bucket was charged; `undefined` until a call of the model was settled. @default API tokens */
  of(model: string, bucket?: string): Promise<number | undefined>;
  /** @param charges by bucket */
  learn(model: string, charges: Readonly<Record<string, number>>): void;
}

const CALLS_REMEMBERED = 20;

/** Reads a model's newest costs from the ledger once, then goes on from this process's own calls. */
export function createExpectedCosts(
  open: () => Promise<{ readonly store: LedgerStore; readonly name: string }>,
): ExpectedCosts {
  const costs: Map<string, number[]> = new Map();
  /** A crowd that comes at once asks once. */
  const reading: Map<string, Promise<number[]>> = new Map();
  const keyOf = (model: string, bucket: string): string => `${bucket}\n${model}`;
  const read = async (model: string, bucket: string): Promise<number[]> => {
    try {
      const { store, name } = await open();
      const found = await store.recentCosts(name, model, bucket, CALLS_REMEMBERED);
      costs.set(keyOf(model, bucket), found);
      return found;
    } finally {
      reading.delete(keyOf(model, bucket));
    }
  };
  return {
    async of(model, bucket = COST_BUCKET) {
      const key = keyOf(model, bucket);
      let known = costs.get(key);
      if (known === undefined) {
        const asked = reading.get(key) ?? read(model, bucket);
        reading.set(key, asked);
        known = await asked;
      }
      if (known.length === 0) return undefined;
      return Math.ceil(known.reduce((sum, cost) => sum + cost, 0) / known.length);
    },
    learn(model, charges) {
      for (const [bucket, amount] of Object.entries(charges)) {
        const known = costs.get(keyOf(model, bucket));
        if (known === undefined) continue;
        known.unshift(amount);
        known.length = Math.min(known.length, CALLS_REMEMBERED);
      }
    },
  };
}
