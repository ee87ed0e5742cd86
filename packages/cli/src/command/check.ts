import { type CheckResult, InvalidOptionsError, type Laplas } from "@laplas/core";
import { checkBody, isPool, providerOf } from "@laplas/gateway/bodies";
import { type Command, Option } from "commander";
import { addContinueFlag, addEngineFlags, addJsonFlag } from "../config/engine-flags.js";
import { withEngine } from "../config/open-engine.js";
import { printJson, printLines } from "../terminal/print.js";
import type { Terminal } from "../terminal/terminal.js";
import { checkJob } from "./check-job.js";
import { checkLines } from "./check-lines.js";
import { type CheckFlags, exitCodeFor, requestOf } from "./check-request.js";
import { chooseModel } from "./default-models.js";
import { linesJob } from "./lines-job.js";
import { noteWithoutKey } from "./note-without-key.js";
import { readCount } from "./read-count.js";
import { readRequests } from "./read-request-file.js";

export function define(command: Command, terminal: Terminal): void {
  command
    .argument("[file]", "the body of a call as JSON, or JSONL with one on each line; - for stdin")
    .option("-m, --model <name>", "model, in place of the file's")
    .option("-p, --prompt <text>", "what would be asked, embedded or drawn")
    .addOption(
      new Option("-k, --kind <kind>", "what the prompt is for").choices(["chat", "embedding", "image"]).default("chat"),
    )
    .option("--max-tokens <count>", "longest answer", readCount)
    .option("--size <pixels>", "size of an image, like 512x512")
    .option("-n, --count <count>", "number of images", readCount);
  addEngineFlags(addJsonFlag(addContinueFlag(command)))
    .addHelpText(
      "after",
      `
Examples:
  laplas check --model gpt-4o --prompt "Hello" --max-tokens 4000
  laplas check request.json
  laplas check calls.jsonl                each line by itself, and a sum
  laplas check request.json --continue-at-cap 8     what would all of it cost?
  laplas check request.json -m google/gemma-3-27b-it     would another take it?
  laplas check -k image -m dall-e-3 -p "a lighthouse" --size 1024x1024

Nothing is sent or spent. Exits with 0 if it would be sent at once, 3 if it
would have to wait or passes after a reset, 1 if it never passes; of several
lines, by the worst, and with 2 if one holds no call.`,
    )
    .action(async (file: string | undefined, flags: CheckFlags) => {
      const { model, prompt, maxTokens, size, count } = flags;
      if (file === undefined && [model, prompt, maxTokens, size, count].every((one) => one === undefined)) {
        throw new InvalidOptionsError('There is nothing to check. Give a file, or a prompt: laplas check -p "Hello"');
      }
      const input = file === undefined ? undefined : await readRequests(terminal, file);
      await withEngine(
        terminal,
        flags,
        async ({ laplas, account }) => {
          if (input?.kind === "lines") {
            const faults: Error[] = [];
            const job = linesJob(input.text, input.name, undefined, (error) => void faults.push(error));
            await checkJob(terminal, laplas, { ...job, faults }, flags);
            if (account === "none" && !flags.json) noteWithoutKey(terminal);
            return;
          }
          const request = input?.request;
          const model =
            request === undefined ? await chooseModel(laplas, flags.kind ?? "chat", flags.model) : flags.model;
          const body = requestOf(request, model === undefined ? flags : { ...flags, model });
          // The engine reads whatever is asked, and says what is wrong with it.
          const result = await laplas.check(body as unknown as Parameters<typeof laplas.check>[0]);
          if (flags.json) printJson(terminal, checkBody(result, providerOf(laplas, result.provider).tier.unit));
          else {
            const found = { left: await leftFor(laplas, result), isOfSeveral: isPool(laplas) };
            printLines(terminal, checkLines(result, Date.now(), terminal.stdout.columns, found));
          }
          if (account === "none" && !flags.json) noteWithoutKey(terminal);
          terminal.exitCode = exitCodeFor(result);
        },
        { needsKey: false },
      );
    });
}

/** What is left of the tightest window that counts a call's cost; `undefined` where the call would not pass anyway. */
async function leftFor(laplas: Laplas, { verdict, provider, cost }: CheckResult): Promise<number | undefined> {
  if (verdict === "refuse" || cost === undefined || cost.worst <= cost.expected) return undefined;
  const { id } = providerOf(laplas, provider);
  const windows = (await laplas.statuses()).find((one) => one.provider === id)?.windows ?? [];
  const left = windows.flatMap((window) => (window.unit === cost.unit ? [window.left] : []));
  return left.length === 0 ? undefined : Math.min(...left);
}
