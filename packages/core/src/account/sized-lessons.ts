import type { LedgerStore } from "../ledger/ledger-store.js";
import { oneLine } from "./bucket-name.js";
import { NO_CALLS, type SizedCalls } from "./sized-calls.js";

type Key = keyof SizedCalls;
const KEYS = Object.keys(NO_CALLS) as readonly Key[];

interface Ledger {
  readonly store: LedgerStore;
  readonly name: string;
}

function keyIn(model: string, name: Key): string {
  return `sized_${name}:${oneLine(model)}`;
}

/** What an earlier process has learned of a model's calls. */
export async function readSized({ store, name }: Ledger, model: string): Promise<SizedCalls | undefined> {
  const found = await Promise.all(
    KEYS.map(async (key) => [key, await store.learned(name, keyIn(model, key))] as const),
  );
  const { calls, amount, cost, ...more } = Object.fromEntries(found) as Partial<Record<Key, number | null>>;
  if (calls == null || amount == null || cost == null || !(calls > 0)) return undefined;
  // Version 0.1 wrote three sums: its calls count as calls of one size.
  const square = more.square ?? amount ** 2 / calls;
  return { calls, amount, cost, square, product: more.product ?? (amount * cost) / calls, beyond: more.beyond ?? 0 };
}

/** What fails here is only learned later. */
export async function writeSized({ store, name }: Ledger, model: string, sums: SizedCalls): Promise<void> {
  const lessons = KEYS.map((key) => ({ kind: "value", key: keyIn(model, key), value: sums[key] }) as const);
  await store.teach(name, lessons).catch(() => {});
}
