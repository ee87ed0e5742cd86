import type { Block, Claim, LedgerStore, WindowUse } from "../ledger/ledger-store.js";
import type { WindowRule } from "../tier/tier.js";
import { bucketName } from "./bucket-name.js";
import { claimsOf } from "./claims.js";

/** A window of the tier, and what it holds now. */
export interface RemainingWindow extends WindowUse {
  readonly rule: WindowRule;
}

/** An account at one moment. */
export interface AccountLook {
  readonly now: number;
  readonly running: number;
  readonly waiting: number;
  readonly blocks: readonly Block[];
  /** The windows that bind a model's calls; for no model, those that count all models together. */
  windowsOf(model: string | undefined): readonly RemainingWindow[];
}

/** Reads an account in one step: windows that several models share are asked for once. */
export async function lookAt(
  { store, name }: { readonly store: LedgerStore; readonly name: string },
  windows: ReadonlyMap<string | undefined, readonly WindowRule[]>,
): Promise<AccountLook> {
  const claims: Claim[] = [];
  const places: Map<string, number> = new Map();
  const keyOf = (rule: WindowRule, model: string): string => `${rule.id}\n${bucketName(rule, model)}`;
  const bound = (model: string | undefined): readonly WindowRule[] =>
    (windows.get(model) ?? []).filter(({ scope }) => model !== undefined || scope !== "model");
  for (const model of windows.keys()) {
    const rules = bound(model);
    for (const [index, claim] of claimsOf(rules, model ?? "", false).entries()) {
      const rule = rules[index];
      if (rule === undefined || places.has(keyOf(rule, model ?? ""))) continue;
      places.set(keyOf(rule, model ?? ""), claims.length);
      claims.push(claim);
    }
  }
  const view = await store.view(name, claims);
  return {
    ...view,
    windowsOf: (model) =>
      bound(model).map((rule) => {
        const use = view.windows[places.get(keyOf(rule, model ?? "")) ?? -1];
        return { rule, used: use?.used ?? 0, held: use?.held ?? 0, resetsAt: use?.resetsAt ?? view.now };
      }),
  };
}
