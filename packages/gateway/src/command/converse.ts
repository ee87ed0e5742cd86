import { createInterface } from "node:readline";
import { type ChatMessage, type ChatRequest, isLaplasError, type Laplas } from "@laplas/core";
import { Interruption, tellEnding } from "../terminal/interruption.js";
import { paint } from "../terminal/paint.js";
import { note, printLines } from "../terminal/print.js";
import { reportError } from "../terminal/report-error.js";
import { safeLine } from "../terminal/safe-text.js";
import { columnsOf } from "../terminal/size.js";
import { statusLines } from "./status.js";
import { printPiece, streamAnswer, tellReport } from "./stream-answer.js";

const HELP = [
  "  /new            forget what was said: all of it is paid for each time",
  "  /model <name>   go on with another model",
  "  /left           what is left",
  "  /exit           leave; so does Ctrl-D",
  "  Ctrl-C          ends an answer",
  "  \\ at the end    goes on in the next line",
];

/** A conversation in a terminal, until its end. Each error is told, and the conversation goes on. */
export async function converse(laplas: Laplas, start: ChatRequest): Promise<void> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout, historySize: 200 });
  const prompt = paint(["bold", "cyan"], "› ");
  const system = start.messages;
  let { model } = start;
  let said: ChatMessage[] = [];
  let answering: AbortController | undefined;
  let unfinished = "";
  const ask = (): void => {
    terminal.setPrompt(unfinished === "" ? prompt : paint("dim", "… "));
    terminal.prompt();
  };

  // A terminal that readline reads sends no signal of its own.
  terminal.on("SIGINT", () => {
    if (answering?.signal.aborted === true) {
      terminal.close();
      process.exit(130);
    } else if (answering !== undefined) {
      answering.abort(new Interruption(130));
      process.stdout.write("\n");
      tellEnding();
    } else if (unfinished !== "" || terminal.line !== "") {
      unfinished = "";
      terminal.write(null, { ctrl: true, name: "e" });
      terminal.write(null, { ctrl: true, name: "u" });
      ask();
    } else terminal.close();
  });

  const answer = async (question: string): Promise<void> => {
    const messages = [...said, { role: "user", content: question }];
    answering = new AbortController();
    try {
      const request = { ...start, model, messages: [...system, ...messages] };
      const { content, report } = await streamAnswer(laplas, request, answering.signal, printPiece);
      tellReport(report, start.max_tokens !== undefined);
      said = [...messages, { role: "assistant", content }];
    } catch (error) {
      if (isLaplasError(error)) reportError(error, false);
      else if (!(error instanceof Interruption)) throw error;
    } finally {
      answering = undefined;
    }
  };

  const switchTo = (chosen: string | undefined): void => {
    if (chosen === undefined) return;
    model = chosen;
    note(paint("dim", `Asking ${model}.`, process.stderr));
  };

  const command = async (line: string): Promise<boolean> => {
    const [name, ...rest] = line.slice(1).trim().split(/\s+/);
    if (name === "exit" || name === "quit") return false;
    if (name === "new") said = [];
    else if (name === "left") printLines(statusLines(laplas, await laplas.status(), Date.now(), columnsOf()));
    else if (name === "model") switchTo(chooseModel(laplas, rest.join(" ")));
    else if (name === "help" || name === "") printLines(HELP);
    else note(`There is no /${safeLine(name ?? "")}; /help has what there is.`);
    if (name === "new") note(paint("dim", "Forgotten.", process.stderr));
    return true;
  };

  note(
    `${paint("bold", model, process.stderr)} ${paint("dim", "· /help says what else there is, Ctrl-D leaves", process.stderr)}`,
  );
  ask();
  for await (const line of terminal) {
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
  terminal.close();
  note("");
}

/** A chat model by any of its names; says what is wrong with another. */
function chooseModel(laplas: Laplas, name: string): string | undefined {
  const found = laplas.findModel(name);
  if (found.kind === "model" && found.model.modality === "chat") return found.id;
  const near =
    found.kind === "unknown" && found.suggestions.length > 0 ? ` Did you mean ${found.suggestions.join(", ")}?` : "";
  note(name === "" ? "/model needs a name; laplas models has them." : `That is no chat model of this tier.${near}`);
  return undefined;
}
