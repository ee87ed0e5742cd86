import type { LedgerStore } from "../ledger/ledger-store.js";
import { oneLine } from "./bucket-name.js";

/** How often a model was asked to go on with its answer in a certain form, and how often it did so. */
export interface FormsObeyed {
  readonly asked: number;
  readonly obeyed: number;
}

/** What an account has counted of its models' forms, in all its processes. */
export interface ObeyedForms {
  /** Counts one more that was asked. What fails here is not counted: no call fails for it. */
  note(model: string, obeyed: boolean): Promise<void>;
  /** @returns `undefined` where a model was never asked @throws LedgerError */
  of(model: string): Promise<FormsObeyed | undefined>;
}

/** Keys under which the ledger keeps them. */
const askedKey = (model: string): string => `forms_asked:${oneLine(model)}`;
const obeyedKey = (model: string): string => `forms_obeyed:${oneLine(model)}`;

export function createObeyedForms(
  open: () => Promise<{ readonly store: LedgerStore; readonly name: string }>,
): ObeyedForms {
  return {
    async note(model, obeyed) {
      // Also where nothing is added: a ledger forgets what was not taught for long, and of these two never one alone.
      const lessons = [
        { kind: "count", key: askedKey(model), by: 1 },
        { kind: "count", key: obeyedKey(model), by: obeyed ? 1 : 0 },
      ] as const;
      try {
        const { store, name } = await open();
        await store.teach(name, lessons);
      } catch {
        // The next call meets a broken ledger before this does any harm.
      }
    },
    async of(model) {
      const { store, name } = await open();
      // Of most models a list needs no more: it reads all of them.
      if ((await store.learned(name, askedKey(model))) === null) return undefined;
      // In this order: another process may count in between, and no more can have been obeyed than were asked.
      const obeyed = (await store.learned(name, obeyedKey(model))) ?? 0;
      const asked = await store.learned(name, askedKey(model));
      return asked === null ? undefined : { asked, obeyed };
    },
  };
}
