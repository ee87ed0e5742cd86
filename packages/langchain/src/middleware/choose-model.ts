import type { ModelCheck } from "../chat/check-call.js";
import { type LaplasBudget, shortageOf } from "./budget-note.js";

/** A model and what is known about calling it now. */
export interface Candidate {
  readonly name: string;
  /** `undefined` for a model of another vendor, which has no budget here. @throws LedgerError */
  check(): Promise<ModelCheck | undefined>;
}

/**
 * The place of the model to call, and what to say about it. The first unless its budget is short and another would answer:
 * where none would, the first is called, so that its own error speaks.
 */
export async function chooseModel(
  first: Candidate,
  others: readonly Candidate[],
): Promise<{ place: number; note: LaplasBudget }> {
  const shortage = await first.check().then(
    (check) => check && shortageOf(check),
    // What can't be known must not fail a call that might have succeeded.
    () => undefined,
  );
  if (shortage === undefined) return { place: 0, note: { model: first.name } };
  for (const [index, { name, check }] of others.entries()) {
    if (await wouldAnswer(check)) {
      return { place: index + 1, note: { model: name, switchedFrom: first.name, ...shortage } };
    }
  }
  return { place: 0, note: { model: first.name, ...shortage } };
}

async function wouldAnswer(check: Candidate["check"]): Promise<boolean> {
  try {
    const answer = await check();
    return answer === undefined || (answer.verdict !== "refuse" && shortageOf(answer) === undefined);
  } catch {
    return false;
  }
}
