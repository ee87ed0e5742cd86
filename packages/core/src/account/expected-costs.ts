import type { CostSize } from "../cost/estimate-cost.js";
import type { LedgerStore } from "../ledger/ledger-store.js";
import { COST_BUCKET } from "./bucket-name.js";
import { addSums, costBySize, NO_CALLS, type SizedCalls, sizedCall } from "./sized-calls.js";
import { readSized, writeSized } from "./sized-lessons.js";

/** What calls of a model usually cost, learned from those that were settled. */
export interface ExpectedCosts {
  /** What a bucket was charged; `undefined` until a call of the model was settled. @default the provider's unit of cost */
  of(model: string, bucket?: string): Promise<number | undefined>;
  /** What a call of this size may cost; `undefined` until a call of the model was settled. */
  ofCall(model: string, size: CostSize | undefined): Promise<number | undefined>;
  /** @param charges by bucket */
  learn(model: string, charges: Readonly<Record<string, number>>, size: CostSize | undefined): void;
  /** Writes down now and then what was learned, for processes that come later. */
  save(model: string): Promise<void>;
}

const CALLS_REMEMBERED = 20;

/** What this process knows of a model's calls. */
interface Known {
  /** Calls of this process, newest first. */
  readonly own: SizedCalls[];
  /** What an earlier process left. */
  readonly before: SizedCalls | undefined;
  /** Calls of this process so far. */
  learned: number;
  isSaved: boolean;
}

/** Reads a model's newest costs from the ledger once, then goes on from this process's own calls. */
export function createExpectedCosts(
  open: () => Promise<{ readonly store: LedgerStore; readonly name: string }>,
): ExpectedCosts {
  const costs: Map<string, number[]> = new Map();
  const sized: Map<string, Known> = new Map();
  /** A crowd that comes at once asks once. */
  const reading: Map<string, Promise<unknown>> = new Map();
  const keyOf = (model: string, bucket: string): string => `${bucket}\n${model}`;

  const once = async <Value>(key: string, read: () => Promise<Value>): Promise<Value> => {
    const asked = (reading.get(key) as Promise<Value> | undefined) ?? read().finally(() => reading.delete(key));
    reading.set(key, asked);
    return asked;
  };
  const costsOf = async (model: string, bucket: string): Promise<number[]> => {
    const key = keyOf(model, bucket);
    return (
      costs.get(key) ??
      once(key, async () => {
        const { store, name } = await open();
        const found = await store.recentCosts(name, model, bucket, CALLS_REMEMBERED);
        costs.set(key, found);
        return found;
      })
    );
  };
  const sizedOf = async (model: string): Promise<Known> =>
    sized.get(model) ??
    once(model, async () => {
      const known: Known = { own: [], before: await readSized(await open(), model), learned: 0, isSaved: true };
      sized.set(model, known);
      return known;
    });

  const of: ExpectedCosts["of"] = async (model, bucket = COST_BUCKET) => {
    const known = await costsOf(model, bucket);
    if (known.length === 0) return undefined;
    return Math.ceil(known.reduce((sum, cost) => sum + cost, 0) / known.length);
  };
  return {
    of,
    async ofCall(model, size) {
      const [known, mean] = await Promise.all([size === undefined ? undefined : sizedOf(model), of(model)]);
      const sums = known === undefined ? undefined : sumOf(known);
      return size === undefined || sums === undefined ? mean : (costBySize(size, sums) ?? mean);
    },
    learn(model, charges, size) {
      for (const [bucket, amount] of Object.entries(charges)) {
        const known = costs.get(keyOf(model, bucket));
        if (known === undefined) continue;
        known.unshift(amount);
        known.length = Math.min(known.length, CALLS_REMEMBERED);
      }
      const known = sized.get(model);
      const cost = charges[COST_BUCKET];
      if (known === undefined || size === undefined || cost === undefined) return;
      known.own.unshift(sizedCall(size, cost));
      known.own.length = Math.min(known.own.length, CALLS_REMEMBERED);
      known.learned += 1;
      known.isSaved = !isWorthSaving(known.learned);
    },
    async save(model) {
      const known = sized.get(model);
      const sums = known?.isSaved === false ? sumOf(known) : undefined;
      if (known === undefined || sums === undefined) return;
      known.isSaved = true;
      await writeSized(await open(), model, sums);
    },
  };
}

/**
 * A bucket of its own for the size of each call would cost every call 16 % more on SQLite (0.139 ms and 0.161 ms): so the sums are written
 * instead, after the first, second, fourth call of a process and so on, and every 64th.
 */
function isWorthSaving(calls: number): boolean {
  return calls % 64 === 0 || (calls & (calls - 1)) === 0;
}

/** The newest calls, of this process and, as far as there are too few, of those before it. */
function sumOf({ own, before }: Known): SizedCalls | undefined {
  let sum = own.reduce((all, one) => addSums(all, one, 1), NO_CALLS);
  const missing = CALLS_REMEMBERED - own.length;
  if (before !== undefined && missing > 0) sum = addSums(sum, before, Math.min(1, missing / before.calls));
  return sum.calls === 0 ? undefined : sum;
}
