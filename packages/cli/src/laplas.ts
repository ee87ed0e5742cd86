#!/usr/bin/env node
import { nodeFault } from "./node-fault.js";

const fault = nodeFault(process.versions.node);
if (fault === undefined) {
  // Not at the top: on an older Node their imports fail with a stack, before anything here has run.
  const { runLaplas } = await import("./run-laplas.js");
  const { safeLine } = await import("./terminal/safe-text.js");
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
} else {
  process.stderr.write(`laplas: ${fault}\n`);
  process.exitCode = 1;
}
