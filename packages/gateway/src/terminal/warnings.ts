import { safeLine } from "./safe-text.js";

let held: string[] | undefined;

/** Prints warnings in one line each. Node's own printer adds a process id, and on Node 22 that node:sqlite is experimental. */
export function watchWarnings(): void {
  process.removeAllListeners("warning").on("warning", ({ name, message }) => {
    if (name === "ExperimentalWarning") return;
    if (held === undefined) print(message);
    else held.push(message);
  });
}

/** Keeps warnings back, so that none falls into the middle of an answer. The returned function prints or drops them. */
export function holdWarnings(): (shows: boolean) => void {
  held = [];
  return (shows) => {
    const messages = held ?? [];
    held = undefined;
    if (shows) for (const message of messages) print(message);
  };
}

function print(message: string): void {
  process.stderr.write(`laplas: ${safeLine(message)}\n`);
}
