import { createAccount } from "./account/account.js";
import type { CallContext } from "./call/call-context.js";
import { LedgerError } from "./errors/setup-errors.js";
import { createMemoryStore } from "./ledger/memory/memory-store.js";

/** What a question about the account was answered with. */
export interface Answered<Answer> {
  readonly answer: Answer;
  /** Why the ledger could not be asked: then the answer is that of an account of which nothing is used. */
  readonly problem?: LedgerError;
}

/**
 * Answers a question of which the ledger is only a part: what the tier allows, and what a call costs, is known without it. What only
 * the ledger knows has to be left out of an answer that comes with a problem.
 */
export async function answerWithoutCounts<Answer>(
  context: CallContext,
  ask: (context: CallContext) => Promise<Answer>,
): Promise<Answered<Answer>> {
  await context.options.catalog.ready?.(context.warn);
  try {
    return { answer: await ask(context) };
  } catch (error) {
    if (!LedgerError.isInstance(error)) throw error;
    return { answer: await ask(withEmptyLedger(context)), problem: error };
  }
}

function withEmptyLedger(context: CallContext): CallContext {
  const store = createMemoryStore({ now: context.options.now });
  const { options, closed, emit, warn } = context;
  return { ...context, account: createAccount({ options, ledger: async () => store, closed, emit, warn }) };
}
