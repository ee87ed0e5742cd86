import { countFault, optionTable } from "@laplas/core";
import { InvalidArgumentError } from "commander";

/** A whole number from 1 on, as an option takes it. */
export function readCount(text: string): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(count) && count > 0) return count;
  const { MAX_SAFE_INTEGER: most } = Number;
  throw new InvalidArgumentError(`It must be a whole number${count > most ? ` from 1 to ${most}` : ", 1 or more"}.`);
}

/** How many follow-ups may continue an answer. */
export function readFollowUps(text: string): number {
  const count = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  const fault = countFault(count, optionTable.continueAtCap.max);
  if (fault === undefined) return count;
  throw new InvalidArgumentError(`It ${fault}.`);
}
