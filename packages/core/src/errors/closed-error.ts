import { InvalidOptionsError } from "./setup-errors.js";

/** What a call gets whose engine was closed under it, or before it. Trying again with that engine can't help. */
export function closedError(): InvalidOptionsError {
  return new InvalidOptionsError(
    "The engine was closed, so this call was broken off. Close it when its calls have ended; make another one to go on.",
  );
}
