import { type ChatMessage, type ChatRequest, InvalidOptionsError, type Laplas } from "@laplas/core";
import { type Command, InvalidArgumentError } from "commander";
import { addContinueFlag, addEngineFlags, addJsonFlag, type EngineFlags } from "../config/engine-flags.js";
import { withEngine } from "../config/open-engine.js";
import { interruptible } from "../terminal/interruption.js";
import { printJson } from "../terminal/print.js";
import type { Terminal } from "../terminal/terminal.js";
import { converse } from "./converse.js";
import { chooseModel, modelHelp } from "./default-models.js";
import { readCount } from "./read-count.js";
import { readStdin } from "./read-request-file.js";
import { reportBody } from "./report-body.js";
import { requireModality } from "./require-modality.js";
import { piecePrinter, streamAnswer, tellReport } from "./stream-answer.js";

interface ChatFlags extends EngineFlags {
  readonly model?: string;
  readonly system?: string;
  readonly maxTokens?: number;
  readonly temperature?: number;
}

export function define(command: Command, terminal: Terminal): void {
  command
    .argument("[prompt...]", "what to ask; - for what is piped in")
    .option("-m, --model <name>", modelHelp("chat"))
    .option("-s, --system <text>", "system message")
    .option("--max-tokens <count>", "longest answer, in model tokens", readCount)
    .option("--temperature <number>", "0 to 2", readNumber);
  addEngineFlags(addJsonFlag(addContinueFlag(command)))
    .addHelpText(
      "after",
      `
Examples:
  laplas chat "Why is the sky blue?"
  laplas chat                                     a conversation; /help in it
  laplas chat "Summarise this:" - < notes.txt
  git diff | laplas chat -s "Write a commit message." --max-tokens 100
  laplas chat --json "Hello" | jq -r .content

Ctrl-C ends an answer; what it has cost is still put down. Exit codes: 1 refused
for good, 3 later.`,
    )
    .action(async (words: readonly string[], flags: ChatFlags) => {
      const isConversation = words.length === 0 && terminal.stdin.isTTY === true && terminal.stdout.isTerminal;
      if (isConversation && flags.json)
        throw new InvalidOptionsError("--json needs a prompt: a conversation is for people.");
      const prompt = isConversation ? "" : await readPrompt(terminal, words);
      await withEngine(terminal, flags, async ({ laplas }) => {
        const model = await chooseModel(laplas, "chat", flags.model);
        requireModality(laplas, model, "chat");
        if (isConversation) await converse(terminal, laplas, requestOf(model, flags, []));
        else
          await interruptible(terminal, (signal) =>
            ask(terminal, laplas, requestOf(model, flags, [{ role: "user", content: prompt }]), flags, signal),
          );
      });
    });
}

/**
 * Without words it is what is piped in. With words stdin is left alone unless one of them is `-`: in a script it may be an
 * open pipe that never ends, or the list that a loop reads.
 */
async function readPrompt(terminal: Terminal, words: readonly string[]): Promise<string> {
  const takesInput = words.length === 0 || words.includes("-");
  const input = takesInput ? (await readStdin(terminal)).trimEnd() : "";
  const prompt =
    words.length === 0
      ? input
      : words
          .map((word) => (word === "-" ? `\n\n${input}\n\n` : word))
          .join(" ")
          .trim();
  if (prompt === "") throw new InvalidOptionsError("There is nothing to ask. Give a prompt, or pipe one in.");
  return prompt;
}

function requestOf(
  model: string,
  { system, maxTokens, temperature }: ChatFlags,
  messages: readonly ChatMessage[],
): ChatRequest {
  return {
    model,
    messages: [...(system === undefined ? [] : [{ role: "system", content: system }]), ...messages],
    ...(maxTokens === undefined ? {} : { max_tokens: maxTokens }),
    ...(temperature === undefined ? {} : { temperature }),
  };
}

async function ask(
  terminal: Terminal,
  laplas: Laplas,
  request: ChatRequest,
  { json, maxTokens }: ChatFlags,
  signal: AbortSignal,
): Promise<void> {
  const answer = await streamAnswer(terminal, laplas, request, signal, json ? () => {} : piecePrinter(terminal));
  if (json) {
    const { content, reasoning, finishReason, report, model } = answer;
    printJson(terminal, {
      object: "chat",
      model,
      content,
      reasoning,
      finish_reason: finishReason,
      report: reportBody(report),
    });
  } else tellReport(terminal, laplas, answer.report, maxTokens !== undefined);
  // What there was of it has been given: the exit code says the rest.
  signal.throwIfAborted();
}

function readNumber(text: string): number {
  const number = Number(text);
  if (text.trim() !== "" && Number.isFinite(number)) return number;
  throw new InvalidArgumentError("It must be a number.");
}
