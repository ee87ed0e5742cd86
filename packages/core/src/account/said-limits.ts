import type { LedgerStore, Lesson } from "../ledger/ledger-store.js";
import type { WindowRule } from "../tier/tier.js";
import { findWindow } from "./find-window.js";
import type { WindowHint } from "./learn.js";

/** Limits that the server has named: where they differ from the tier's, the tier's are in doubt. */
export interface SaidLimits {
  /** What of an answer's hints is new to this process. */
  lessons(hints: readonly WindowHint[], windows: readonly WindowRule[], model: string): Lesson[];
  /** By rule id, the limit that was named last, of those rules for which one was. @throws LedgerError */
  of(rules: readonly { readonly id: string }[]): Promise<ReadonlyMap<string, number>>;
}

/** Key under which the ledger keeps it. */
const keyOf = (rule: string): string => `said_limit:${rule}`;

export function createSaidLimits(
  open: () => Promise<{ readonly store: LedgerStore; readonly name: string }>,
): SaidLimits {
  /** Models may have limits of their own: of each, what it said last, so that a call writes down news alone. */
  const known: Map<string, number> = new Map();
  return {
    lessons(hints, windows, model) {
      return hints.flatMap((hint): Lesson[] => {
        const rule = hint.limit === undefined ? undefined : findWindow(windows, hint);
        if (rule === undefined || hint.limit === undefined) return [];
        const place = `${rule.id}\n${rule.scope === "model" ? model : ""}`;
        if (known.get(place) === hint.limit) return [];
        known.set(place, hint.limit);
        return [{ kind: "value", key: keyOf(rule.id), value: hint.limit }];
      });
    },
    async of(rules) {
      const { store, name } = await open();
      const said = new Map<string, number>();
      for (const { id } of rules) {
        const limit = await store.learned(name, keyOf(id));
        if (limit !== null) said.set(id, limit);
      }
      return said;
    },
  };
}
