import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { Interruption, SIGNAL_EXIT } from "./interruption.js";
import type { Terminal } from "./terminal.js";

/** A text that must not be seen: typed without an echo, or what is piped in. Blanks around it are no part of it. @throws Interruption on Ctrl-C */
export async function readSecret({ stdin, stderr }: Terminal, question: string): Promise<string> {
  if (stdin.isTTY !== true) return (await text(stdin)).trim();
  stderr.write(question);
  // Readline turns the terminal's own echo off, and writes its own into nothing.
  const silence = new Writable({ write: (_piece, _encoding, done) => done() });
  const reader = createInterface({ input: stdin, output: silence, terminal: true });
  try {
    return await new Promise<string>((resolve, reject) => {
      reader.once("line", (line) => resolve(line.trim()));
      // Ctrl-D: nothing was given.
      reader.once("close", () => resolve(""));
      reader.once("SIGINT", () => reject(new Interruption(SIGNAL_EXIT.SIGINT)));
    });
  } finally {
    reader.close();
    stderr.write("\n");
  }
}
