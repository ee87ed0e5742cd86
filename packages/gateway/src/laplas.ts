#!/usr/bin/env node
import { runLaplas } from "./run-laplas.js";
import { safeLine } from "./terminal/safe-text.js";

// Node's own printer adds a process id, and on Node 22 warns of node:sqlite. The run itself prints the engine's warnings.
process.removeAllListeners("warning").on("warning", ({ name, message }) => {
  if (name === "ExperimentalWarning" || name === "LaplasWarning") return;
  process.stderr.write(`laplas: ${safeLine(message)}\n`);
});
// After the run nothing else listens for errors, and a late warning may be written to a closed pipe.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});

process.exitCode = await runLaplas(process.argv.slice(2), {
  // A getter, because the first access opens the stream.
  get stdin() {
    return process.stdin;
  },
  stdout: process.stdout,
  stderr: process.stderr,
  environment: process.env,
  cwd: () => process.cwd(),
  events: process,
  exit: (code) => process.exit(code),
  ownsProcess: true,
});
