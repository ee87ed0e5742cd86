#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { styleText } from "node:util";
import { Command, CommanderError } from "commander";
import { EXIT } from "./terminal/exit-codes.js";
import { watchOutput } from "./terminal/interruption.js";
import { printPlainError, printProblem } from "./terminal/problem.js";
import { safeLine } from "./terminal/safe-text.js";
import { watchWarnings } from "./terminal/warnings.js";

interface Row {
  readonly name: string;
  readonly summary: string;
  /** Loaded when it is called, so that the list of commands is there at once. */
  readonly load: () => Promise<{ define(command: Command): void }>;
}

const row = (name: string, summary: string, load: Row["load"]): Row => ({ name, summary, load });

/** Every command, as the list has them. */
const GROUPS: Readonly<Record<string, readonly Row[]>> = {
  "Ask models:": [
    row("chat", "ask a chat model: once, from a pipe, or in a conversation", () => import("./command/chat.js")),
    row("embed", "embed a folder into JSONL; goes on where it stopped", () => import("./command/embed.js")),
    row("image", "draw a picture into a file", () => import("./command/image.js")),
  ],
  "Look before you ask:": [
    row("status", "what is left, until when, who runs and who waits", () => import("./command/status.js")),
    row("models", "the models, and how many calls of each are left", () => import("./command/models.js")),
    row("tier", "the rules in force, and where they come from", () => import("./command/tier.js")),
    row("check", "would a request pass, changed how, at what cost", () => import("./command/check.js")),
    row("plan", "what a job needs: API tokens, days, cheaper models", () => import("./command/plan.js")),
  ],
  "Run:": [
    row("serve", "serve an OpenAI-compatible API that obeys the tier", () => import("./command/serve.js")),
    row("sandbox", "serve a free-tier upstream to develop against", () => import("./command/sandbox.js")),
  ],
  "Set up:": [
    row("doctor", "check key, network, ledger, clock; say how to mend", () => import("./command/doctor.js")),
    row("litellm-config", "write a config.yaml for LiteLLM's proxy", () => import("./command/litellm-config.js")),
  ],
};

/** The narrowest column that an option is still explained in. */
const LEAST_HELP_COLUMNS = 16;

const args = process.argv.slice(2);
const [first, second = ""] = args;
const wanted = first === "help" ? second : first;
const isKnown = Object.values(GROUPS).some((rows) => rows.some(({ name }) => name === wanted));
// Of an unknown command commander's own help would print everything, and not say what was wrong.
if (first === "help" && !isKnown && /^(?!help$)\w/.test(second)) args.shift();
const json = (args.includes("--") ? args.slice(0, args.indexOf("--")) : args).includes("--json");

const program = new Command("laplas")
  .description("laplas's free tier, for every program that can change a base URL.")
  .version(versionOf(), "-V, --version", "print the version")
  .showHelpAfterError(`(laplas ${isKnown ? `${wanted} ` : ""}--help says how)`)
  .configureHelp({
    // Commander takes the colours out again where there are none.
    styleTitle: (title) => styleText("bold", title, { validateStream: false }),
    minWidthToWrap: LEAST_HELP_COLUMNS,
  })
  .configureOutput({ outputError: (text) => tellMisuse(text.replace(/^error: /, "")) })
  .addHelpText(
    "after",
    `
Add --sandbox to try a command without a key.
Exit codes: 0 fine, 1 failed, 2 asked for wrongly, 3 try again later.`,
  )
  .exitOverride();

for (const [group, rows] of Object.entries(GROUPS)) {
  for (const { name, summary, load } of rows) {
    const command = program.commandsGroup(group).command(name).description(summary);
    if (name === wanted) (await load()).define(command);
  }
}
program.helpCommand("help [command]", "explain a command");

watchOutput();
watchWarnings();
process.on("uncaughtException", (error) => {
  void fail(error).finally(() => process.exit());
});
await program.parseAsync(args, { from: "user" }).catch(fail);

async function fail(error: unknown): Promise<void> {
  if (error instanceof CommanderError) {
    // Its message is printed.
    process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.misuse;
    return;
  }
  const { reportError } = await import("./terminal/report-error.js");
  process.exitCode = reportError(error, json);
}

function tellMisuse(text: string): void {
  printProblem(text);
  if (json) printPlainError("invalid_options", safeLine(text));
}

function versionOf(): string {
  // From the package's root, in which `dist` and `src` lie side by side.
  const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
    version: string;
  };
  return version;
}
