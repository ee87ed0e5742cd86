import { optionTable } from "@laplas/core";
import { checkCount } from "../engine/engine-fields.js";
import { environment } from "../engine/shared-engine.js";
import type { ReadFields } from "./read-fields.js";

/**
 * The follow-ups of a model's answers, as far as the model knows: its field, or the variable, which an engine that was handed in
 * has read for itself. Given with each call, so that models with different values share an engine.
 *
 * @throws InvalidOptionsError
 */
export function readContinueAtCap({ continueAtCap, engine }: ReadFields): number | undefined {
  const given = checkCount("continueAtCap", continueAtCap, optionTable.continueAtCap.max);
  if (given !== undefined || engine !== undefined) return given;
  const value = environment(optionTable.continueAtCap.variable);
  // The engine refuses one that is not a number, by its name.
  return value === undefined || !/^\d+$/.test(value) ? undefined : Number(value);
}
