import { InvalidArgumentError } from "commander";

/** A whole number from 1 on, as an option takes it. */
export function readCount(text: string): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(count) && count > 0) return count;
  throw new InvalidArgumentError("It must be a whole number, 1 or more.");
}

/** The same from 0 on. */
export function readCountOrNone(text: string): number {
  if (text === "0") return 0;
  try {
    return readCount(text);
  } catch {
    throw new InvalidArgumentError("It must be a whole number, 0 or more.");
  }
}
