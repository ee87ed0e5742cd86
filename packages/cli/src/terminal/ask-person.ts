import { createInterface } from "node:readline";
import { Interruption, SIGNAL_EXIT } from "./interruption.js";
import type { Terminal } from "./terminal.js";

/** Asks a question on the terminal; nothing once the person has pressed Ctrl-D. @throws Interruption on Ctrl-C */
export type Ask = (question: string) => Promise<string | undefined>;

/** Whether there is a person to ask. */
export function isAsking({ stdin, stderr }: Terminal): boolean {
  return stdin.isTTY === true && stderr.isTerminal;
}

/** Lets a person be asked, as often as it takes: lines that come before their question wait for it. */
export async function withPerson<T>({ stdin: input, stderr }: Terminal, use: (ask: Ask) => Promise<T>): Promise<T> {
  const reader = createInterface({ input, output: stderr.stream });
  const lines: string[] = [];
  let isOver = false;
  let wake = (): void => {};
  let stop = (_: Interruption): void => {};
  reader.on("line", (line) => {
    lines.push(line);
    wake();
  });
  reader.once("close", () => {
    isOver = true;
    wake();
  });
  reader.on("SIGINT", () => stop(new Interruption(SIGNAL_EXIT.SIGINT)));
  const ask: Ask = async (question) => {
    reader.setPrompt(question);
    if (!isOver) reader.prompt();
    try {
      while (lines.length === 0 && !isOver) {
        await new Promise<void>((resolve, reject) => {
          wake = resolve;
          stop = reject;
        });
      }
    } catch (error) {
      stderr.write("\n");
      throw error;
    }
    const line = lines.shift();
    if (line === undefined) stderr.write("\n");
    return line?.trim();
  };
  try {
    return await use(ask);
  } finally {
    reader.close();
  }
}

/** Whether the answer is yes; an empty one is what the question has in capitals, and Ctrl-D is no. Any other is asked for again. */
export async function askYes(ask: Ask, question: string, byDefault: boolean): Promise<boolean> {
  for (;;) {
    const answer = await ask(`${question} ${byDefault ? "[Y/n]" : "[y/N]"} `);
    if (answer === "") return byDefault;
    if (answer === undefined || /^no?$/i.test(answer)) return false;
    if (/^y(es)?$/i.test(answer)) return true;
  }
}
