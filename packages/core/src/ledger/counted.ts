/** A count goes no further: beyond, a number is no longer told from the next. */
export const MOST_COUNTED: number = Number.MAX_SAFE_INTEGER;

/**
 * A key's number once so much is added to it. Pure; every store counts with it, within the step that reads and writes the number.
 *
 * @param value `undefined`: nothing was taught of it
 * @returns `undefined` for a lesson that is not heard: it counts in whole numbers, and never back
 */
export function countedAfter(value: number | undefined, by: number): number | undefined {
  if (!Number.isSafeInteger(by) || by < 0) return undefined;
  return Math.min(MOST_COUNTED, (value ?? 0) + by);
}
