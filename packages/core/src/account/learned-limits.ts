import type { Claim, LedgerStore, Lesson } from "../ledger/ledger-store.js";
import type { HeaderSignal } from "../provider/signals.js";
import type { WindowRule } from "../tier/tier.js";
import { bucketName } from "./bucket-name.js";
import { findWindow, isNamed } from "./find-window.js";
import type { WindowHint } from "./learn.js";

/** Limits that the server names: what is published ages, and plans differ. Only limits lower than the tier's apply. */
export interface LearnedLimits {
  /** Windows with the limits that apply. @throws LedgerError */
  inForce(windows: readonly WindowRule[], model: string): Promise<readonly WindowRule[]>;
  /** The same by what is known already, without asking the ledger. */
  lowered(windows: readonly WindowRule[], model: string): readonly WindowRule[];
  /** The same for a call that has waited: others may have learned meanwhile. */
  claims(claims: readonly Claim[]): readonly Claim[];
  /** Takes in what an answer says of limits. @returns what of it the ledger has to remember */
  hear(hints: readonly WindowHint[], windows: readonly WindowRule[], model: string): Lesson[];
  /** By rule id, the limit that was named last, whatever the model, of those rules for which one was. @throws LedgerError */
  said(rules: readonly { readonly id: string }[]): Promise<ReadonlyMap<string, number>>;
}

/** Other processes may learn as well. */
const REMEMBERED_MS = 10_000;

interface Known {
  /** As it was named, or the tier's where that is less. */
  readonly limit: number;
  readonly readAt: number;
}

/** @param headers the provider's: windows of which none names the limit cost no look into the ledger */
export function createLearnedLimits(
  open: () => Promise<{ readonly store: LedgerStore; readonly name: string }>,
  headers: readonly HeaderSignal[],
): LearnedLimits {
  const naming = headers.filter(({ tells }) => tells === "limit");
  const known: Map<string, Known> = new Map();
  /** As they were named last, by key: a call writes down news alone. */
  const named: Map<string, number> = new Map();
  /** The tier's own, by key. */
  const published: Map<string, number> = new Map();

  const read = async (key: string): Promise<void> => {
    const found = known.get(key);
    if (found !== undefined && performance.now() - found.readAt < REMEMBERED_MS) return;
    const { store, name } = await open();
    const limit = (await store.learned(name, key)) ?? Number.POSITIVE_INFINITY;
    known.set(key, { limit, readAt: performance.now() });
  };
  const limitOf = (key: string, byRule: number): number => Math.min(byRule, known.get(key)?.limit ?? byRule);
  const lowered = (windows: readonly WindowRule[], model: string): readonly WindowRule[] => {
    if (known.size === 0) return windows;
    return windows.map((rule) => {
      const limit = limitOf(keyOf(rule, model), rule.limit);
      return limit === rule.limit ? rule : { ...rule, limit };
    });
  };

  return {
    async inForce(windows, model) {
      if (naming.length === 0) return windows;
      for (const rule of windows) {
        if (!naming.some((header) => isNamed(rule, header))) continue;
        const key = keyOf(rule, model);
        published.set(key, rule.limit);
        await read(key);
      }
      return lowered(windows, model);
    },
    lowered,
    claims(claims) {
      if (known.size === 0) return claims;
      return claims.map((claim) => {
        const limit = limitOf(keyIn(claim.rule, claim.bucket), claim.limit);
        return limit === claim.limit ? claim : { ...claim, limit };
      });
    },
    hear(hints, windows, model) {
      return hints.flatMap((hint): Lesson[] => {
        if (hint.limit === undefined) return [];
        const rule = findWindow(windows, hint);
        if (rule === undefined) return [];
        const key = keyOf(rule, model);
        const news: Lesson[] = [];
        if (named.get(key) !== hint.limit) news.push({ kind: "value", key: saidKey(rule.id), value: hint.limit });
        named.set(key, hint.limit);
        const byRule = published.get(key);
        // A limit of 0 is of a plan that has no such model, which is remembered in another way.
        if (byRule === undefined || hint.limit <= 0) return news;
        const limit = Math.min(byRule, hint.limit);
        if (limit === limitOf(key, byRule)) return news;
        known.set(key, { limit, readAt: performance.now() });
        return [...news, { kind: "value", key, value: limit }];
      });
    },
    async said(rules) {
      const { store, name } = await open();
      const said = new Map<string, number>();
      for (const { id } of rules) {
        const limit = await store.learned(name, saidKey(id));
        if (limit !== null) said.set(id, limit);
      }
      return said;
    },
  };
}

function keyOf(rule: WindowRule, model: string): string {
  return keyIn(rule.id, bucketName(rule, model));
}

function saidKey(rule: string): string {
  return `said_limit:${rule}`;
}

function keyIn(rule: string, bucket: string): string {
  return `limit:${rule}:${bucket}`;
}
