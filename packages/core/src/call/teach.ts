import type { Lesson } from "../ledger/ledger-store.js";
import type { CallContext } from "./call-context.js";

/** Writes down what an answer taught, in one step. @throws LedgerError */
export async function teach({ account }: CallContext, lessons: readonly Lesson[]): Promise<void> {
  if (lessons.length === 0) return;
  const { store, name } = await account.open();
  await store.teach(name, lessons);
}

/** The server's word stands, also where it can't be written down; and the place has still to be ended. */
export async function noted<T>(context: CallContext, step: Promise<T>): Promise<T | undefined> {
  try {
    return await step;
  } catch (error) {
    context.warn((error as Error).message);
    return undefined;
  }
}
