import { realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { InvalidOptionsError } from "@laplas/core";
import { reasonOf } from "../terminal/system-error.js";

/** Puts a text in the place of a configuration, as a whole: a kill or a full disk leaves the old one. @throws InvalidOptionsError */
export function replaceConfig(path: string, text: string): void {
  try {
    const old = statSync(path, { throwIfNoEntry: false });
    // A link goes on to point at the file, which keeps its mode: tokens may stand in it.
    const target = old === undefined ? path : realpathSync(path);
    const draft = `${target}.${process.pid}`;
    try {
      writeFileSync(draft, text, { mode: (old?.mode ?? 0o666) & 0o777 });
      renameSync(draft, target);
    } catch (error) {
      rmSync(draft, { force: true });
      throw error;
    }
  } catch (cause) {
    throw new InvalidOptionsError(`The configuration ${path} can't be written: ${reasonOf(cause)}.`, { cause });
  }
}
