import { createInterface } from "node:readline";
import { type ChatRequest, isLaplasError, type Laplas } from "@laplas/core";
import { counted } from "@laplas/gateway/bodies";
import { Interruption, SIGNAL_EXIT, tellEnding } from "../terminal/interruption.js";
import { paint } from "../terminal/paint.js";
import { note, printLines } from "../terminal/print.js";
import { reportError } from "../terminal/report-error.js";
import { safeLine } from "../terminal/safe-text.js";
import type { Terminal } from "../terminal/terminal.js";
import type { Memory } from "./last-conversation.js";
import { drawStatus } from "./status.js";
import { piecePrinter, streamAnswer, tellReport } from "./stream-answer.js";

const HELP = [
  "  /new            forget what was said: all of it is paid for each time",
  "  /model <name>   go on with another model",
  "  /left           what is left",
  "  /exit           leave; so does Ctrl-D",
  "  Ctrl-C          ends an answer",
  "  \\ at the end    goes on in the next line",
];

/**
 * A conversation in a terminal, until its end. Each error is told, and the conversation goes on.
 *
 * @param start with a system message, and with what was said before where it goes on
 */
export async function converse(terminal: Terminal, laplas: Laplas, start: ChatRequest, memory: Memory): Promise<void> {
  const { stdin: input, stdout } = terminal;
  const reader = createInterface({ input, output: stdout.stream, historySize: 200 });
  const prompt = stdout.render(paint(["bold", "cyan"], "› "));
  const printPiece = piecePrinter(terminal);
  const system = start.messages.filter(({ role }) => role === "system");
  let { model } = start;
  let said = start.messages.filter(({ role }) => role !== "system");
  let answering: AbortController | undefined;
  let unfinished = "";
  const ask = (): void => {
    reader.setPrompt(unfinished === "" ? prompt : stdout.render(paint("dim", "… ")));
    reader.prompt();
  };

  // A terminal that readline reads sends no signal of its own.
  reader.on("SIGINT", () => {
    if (answering?.signal.aborted === true) {
      reader.close();
      terminal.exit(SIGNAL_EXIT.SIGINT);
    } else if (answering !== undefined) {
      answering.abort(new Interruption(SIGNAL_EXIT.SIGINT));
      stdout.write("\n");
      tellEnding(terminal);
    } else if (unfinished !== "" || reader.line !== "") {
      unfinished = "";
      reader.write(null, { ctrl: true, name: "e" });
      reader.write(null, { ctrl: true, name: "u" });
      ask();
    } else reader.close();
  });

  const answer = async (question: string): Promise<void> => {
    const messages = [...said, { role: "user", content: question }];
    answering = new AbortController();
    try {
      const request = { ...start, model, messages: [...system, ...messages] };
      const { content, report } = await streamAnswer(terminal, laplas, request, answering.signal, printPiece);
      tellReport(terminal, laplas, report, start.max_tokens !== undefined);
      said = [...messages, { role: "assistant", content }];
      await memory.keep({ model, messages: [...system, ...said] });
    } catch (error) {
      if (isLaplasError(error)) reportError(terminal, error, false);
      else if (!(error instanceof Interruption)) throw error;
    } finally {
      answering = undefined;
    }
  };

  const switchTo = (chosen: string | undefined): void => {
    if (chosen === undefined) return;
    model = chosen;
    note(terminal, paint("dim", `Asking ${model}.`));
  };

  const command = async (line: string): Promise<boolean> => {
    const [name, ...rest] = line.slice(1).trim().split(/\s+/);
    if (name === "exit" || name === "quit") return false;
    if (name === "new") {
      said = [];
      await memory.forget();
    } else if (name === "left")
      printLines(terminal, drawStatus(terminal, laplas, await laplas.statuses({ models: true })));
    else if (name === "model") switchTo(chooseModel(terminal, laplas, rest.join(" ")));
    else if (name === "help" || name === "") printLines(terminal, HELP);
    else note(terminal, `There is no /${safeLine(name ?? "")}; /help has what there is.`);
    if (name === "new") note(terminal, paint("dim", "Forgotten."));
    return true;
  };

  if (said.length > 0) note(terminal, paint("dim", `Going on after ${counted(said.length, "message")}.`));
  note(terminal, `${paint("bold", model)} ${paint("dim", "· /help says what else there is, Ctrl-D leaves")}`);
  ask();
  for await (const line of reader) {
    if (line.endsWith("\\")) {
      unfinished += `${line.slice(0, -1)}\n`;
    } else {
      const whole = (unfinished + line).trim();
      unfinished = "";
      if (whole.startsWith("/")) {
        if (!(await command(whole))) break;
      } else if (whole !== "") await answer(whole);
    }
    ask();
  }
  reader.close();
  note(terminal, "");
}

/** A chat model by any of its names; says what is wrong with another. */
function chooseModel(terminal: Terminal, laplas: Laplas, name: string): string | undefined {
  const found = laplas.findModel(name);
  if (found.kind === "model" && found.model.modality === "chat") return found.id;
  const near =
    found.kind === "unknown" && found.suggestions.length > 0 ? ` Did you mean ${found.suggestions.join(", ")}?` : "";
  note(
    terminal,
    name === "" ? "/model needs a name; laplas models has them." : `That is no chat model of this tier.${near}`,
  );
  return undefined;
}
