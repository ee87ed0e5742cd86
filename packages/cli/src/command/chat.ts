import { type ChatMessage, type ChatRequest, InvalidOptionsError, type Laplas } from "@laplas/core";
import { type Command, InvalidArgumentError } from "commander";
import { addContinueFlag, addEngineFlags, addJsonFlag, type EngineFlags } from "../config/engine-flags.js";
import { withEngine } from "../config/open-engine.js";
import { interruptible } from "../terminal/interruption.js";
import { note, printJson } from "../terminal/print.js";
import type { Terminal } from "../terminal/terminal.js";
import { converse } from "./converse.js";
import { chooseModel, modelHelp } from "./default-models.js";
import { forgetConversation, type Memory, memoryOf, NO_MEMORY, readConversation } from "./last-conversation.js";
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
  readonly continue?: boolean;
  readonly forget?: boolean;
  readonly keep: boolean;
}

export function define(command: Command, terminal: Terminal): void {
  command
    .argument("[prompt...]", "what to ask; - for what is piped in")
    .option("-m, --model <name>", modelHelp("chat"))
    .option("-s, --system <text>", "system message")
    .option("--max-tokens <count>", "longest answer, in model tokens", readCount)
    .option("--temperature <number>", "0 to 2", readTemperature)
    .option("-c, --continue", "go on with the last conversation")
    .option("--no-keep", "keep nothing for --continue")
    .option("--forget", "delete the last conversation, and ask nothing");
  addEngineFlags(addJsonFlag(addContinueFlag(command)))
    .addHelpText(
      "after",
      `
Examples:
  laplas chat "Why is the sky blue?"
  laplas chat                                     a conversation; /help in it
  laplas chat -c "And at night?"                  goes on with the last one
  laplas chat "Summarise this:" - < notes.txt
  git diff | laplas chat -s "Write a commit message." --max-tokens 100
  laplas chat --json "Hello" | jq -r .content

Ctrl-C ends an answer; what it has cost is still put down. Exit codes: 1 refused
for good, 3 later. The last conversation in a terminal is kept in one file, for
you alone; programs that run laplas leave none, unless they ask for --continue.`,
    )
    .action(async (words: readonly string[], flags: ChatFlags) => {
      if (flags.forget) {
        await forget(terminal, flags.json);
        return;
      }
      const isConversation = words.length === 0 && terminal.stdin.isTTY === true && terminal.stdout.isTerminal;
      if (isConversation && flags.json)
        throw new InvalidOptionsError("--json needs a prompt: a conversation is for people.");
      const prompt = isConversation ? "" : await readPrompt(terminal, words);
      const last = flags.continue ? await readConversation(terminal.environment) : undefined;
      const said = last?.messages ?? [];
      const keeps = flags.keep && (terminal.stdout.isTerminal || last !== undefined);
      const memory = keeps ? memoryOf(terminal) : NO_MEMORY;
      await withEngine(terminal, flags, async ({ laplas }) => {
        const model = await chooseModel(laplas, "chat", flags.model ?? last?.model);
        requireModality(laplas, model, "chat");
        if (isConversation) {
          await converse(terminal, laplas, requestOf(model, flags, said), memory);
        } else {
          const request = requestOf(model, flags, [...said, { role: "user", content: prompt }]);
          await interruptible(terminal, (signal) => ask(terminal, laplas, request, { ...flags, signal, memory }));
        }
      });
    });
}

async function forget(terminal: Terminal, json = false): Promise<void> {
  const isForgotten = await forgetConversation(terminal.environment);
  if (json) printJson(terminal, { object: "chat.forgotten", forgotten: isForgotten });
  else note(terminal, isForgotten ? "The last conversation is deleted." : "There was no conversation.");
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
  // A system message that is given takes the place of the one that was kept.
  const others = system === undefined ? messages : messages.filter(({ role }) => role !== "system");
  return {
    model,
    messages: [...(system === undefined ? [] : [{ role: "system", content: system }]), ...others],
    ...(maxTokens === undefined ? {} : { max_tokens: maxTokens }),
    ...(temperature === undefined ? {} : { temperature }),
  };
}

async function ask(
  terminal: Terminal,
  laplas: Laplas,
  request: ChatRequest,
  { json, maxTokens, signal, memory }: ChatFlags & { readonly signal: AbortSignal; readonly memory: Memory },
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
  if (!signal.aborted) {
    const messages = [...request.messages, { role: "assistant", content: answer.content }];
    await memory.keep({ model: request.model, messages });
  }
  // What there was of it has been given: the exit code says the rest.
  signal.throwIfAborted();
}

function readTemperature(text: string): number {
  const number = Number(text);
  if (text.trim() !== "" && number >= 0 && number <= 2) return number;
  throw new InvalidArgumentError("It must be a number from 0 to 2.");
}
