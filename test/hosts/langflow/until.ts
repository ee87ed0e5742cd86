import { setTimeout } from "node:timers/promises";

/** Asks again and again until it holds. @throws Error naming what did not come to be */
export async function until(what: string, holds: () => Promise<boolean>, withinMs = 240_000): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`waited in vain for: ${what}`);
    await setTimeout(100);
  }
}
