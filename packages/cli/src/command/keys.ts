import { InvalidOptionsError } from "@laplas/core";
import type { Command } from "commander";
import { addJsonFlag, CONFIG_OPTION } from "../config/engine-flags.js";
import { isKey, keysPath, readKeys, writeKeys } from "../config/keys-file.js";
import { CONFIG_FILE } from "../config/read-config.js";
import { EXIT } from "../terminal/exit-codes.js";
import { paint } from "../terminal/paint.js";
import { note, printJson, printLines } from "../terminal/print.js";
import { printProblem } from "../terminal/problem.js";
import { readSecret } from "../terminal/read-secret.js";
import { safeLine } from "../terminal/safe-text.js";
import { table, wrap } from "../terminal/table.js";
import type { Terminal } from "../terminal/terminal.js";
import { findKeys, type KeyState, keyOwners } from "./key-states.js";

interface KeysFlags {
  readonly config?: string;
  readonly json?: boolean;
}

export function define(command: Command, terminal: Terminal): void {
  command.addHelpText("after", HELP);
  addFlags(command.command("set").description("store a key, typed unseen or piped in"))
    .argument("<provider>", "its id: laplas keys list, laplas providers list")
    // Commander's own error would print them, and one may be the key.
    .allowExcessArguments()
    .addHelpText("after", SET_HELP)
    .action((provider: string, flags: KeysFlags, { args }: Command) => set(terminal, provider, args.slice(1), flags));
  addFlags(command.command("list").description("which keys there are, and what uses them"))
    .addHelpText("after", "\nExamples:\n  laplas keys list\n  laplas keys list --json | jq -r '.data[].provider'")
    .action((flags: KeysFlags) => list(terminal, flags));
  addFlags(command.command("remove").description("forget a stored key"))
    .argument("<provider>", "its id: laplas keys list")
    .addHelpText("after", "\nExamples:\n  laplas keys remove groq")
    .action((provider: string, flags: KeysFlags) => remove(terminal, provider, flags));
}

const HELP = `
Examples:
  laplas keys set laplas                 asks for it; nothing is shown
  pass show groq | laplas keys set groq
  laplas keys list --json | jq '.data[].provider'
  laplas keys remove groq

Keys are stored in keys.json in your configuration's folder (mode 0600, for you
alone). A variable that is set goes before it. No key is ever printed.`;

const SET_HELP = `
Examples:
  laplas keys set laplas
  laplas keys set groq < groq-key.txt`;

function addFlags(command: Command): Command {
  return addJsonFlag(command.option(...CONFIG_OPTION));
}

async function set(terminal: Terminal, provider: string, extra: readonly string[], flags: KeysFlags): Promise<void> {
  const { environment } = terminal;
  if (extra.length > 0) {
    throw new InvalidOptionsError(
      "A key is not taken from the arguments, where the shell's history and other programs find it. Leave it out: it is asked for, or piped in.",
    );
  }
  const owners = keyOwners(terminal, flags.config);
  const owner = owners.find(({ id }) => id === provider);
  if (owner === undefined) {
    const ids = owners.map(({ id }) => id).join(", ");
    throw new InvalidOptionsError(`There is no provider ${JSON.stringify(safeLine(provider))}. There are ${ids}.`);
  }
  // Read first: a file that is not valid must not be replaced, nor a key be asked for in vain.
  readKeys(environment);
  const key = await readSecret(terminal, `Key of ${owner.title} (not shown): `);
  if (key === "") throw new InvalidOptionsError("No key was given; nothing is stored.");
  if (!isKey(key)) {
    throw new InvalidOptionsError(
      "That holds characters that no key has: blanks, line ends or letters beyond ASCII. Nothing is stored.",
    );
  }
  // Read again: while one is typed, another command may store its own.
  const stored = readKeys(environment);
  const isReplaced = Object.hasOwn(stored, provider);
  writeKeys(environment, { ...stored, [provider]: key });
  const state = findKeys(terminal, flags.config).find(({ id }) => id === provider);
  const path = keysPath(environment);
  if (flags.json) {
    printJson(terminal, { object: "key", provider, path, replaced: isReplaced, ...usedBody(state) });
    return;
  }
  note(terminal, `${isReplaced ? "Replaced" : "Stored"} in ${path}.`);
  if (state?.variable !== undefined) note(terminal, `${state.variable} is set as well, and goes before it.`);
  if (state?.usedBy === undefined)
    note(terminal, `Nothing uses it yet: ${CONFIG_FILE} does not name ${provider}. laplas init writes one.`);
}

function list(terminal: Terminal, { config, json }: KeysFlags): void {
  const states = findKeys(terminal, config);
  const path = keysPath(terminal.environment);
  if (json) {
    const data = states.map((state) => ({ provider: state.id, ...usedBody(state) }));
    printJson(terminal, { object: "keys", path, data });
    return;
  }
  const columns = [{ title: "PROVIDER" }, { title: "KEY FROM" }, { title: "USED BY", spare: 1 }];
  const rows = states.map((state) => [paint("bold", safeLine(state.id)), sourceWords(state), usedWords(state)]);
  printLines(terminal, table(columns, rows, terminal.stdout.room));
  if (terminal.stdout.isTerminal)
    note(terminal, paint("dim", `\n${wrap(`Stored keys: ${path}`, terminal.stderr.columns).join("\n")}`));
}

function sourceWords({ variable, isStored, isNeeded }: KeyState): string {
  if (variable !== undefined) return paint("green", `${variable}${isStored ? ", before keys.json" : ""}`);
  if (isStored) return paint("green", "keys.json");
  return isNeeded ? paint("red", "not set") : paint("dim", "none needed");
}

function usedWords({ usedBy }: KeyState): string {
  return usedBy ?? paint("dim", "nothing");
}

function usedBody(state: KeyState | undefined): object {
  const { variable, isStored = false, usedBy } = state ?? {};
  const setBy = variable !== undefined ? "variable" : isStored ? "file" : null;
  return { set_by: setBy, variable: variable ?? null, stored: isStored, used_by: usedBy ?? null };
}

function remove(terminal: Terminal, provider: string, { json }: KeysFlags): void {
  const { environment } = terminal;
  const keys = readKeys(environment);
  const path = keysPath(environment);
  // Every object has a `constructor`, which is no key.
  const isStored = Object.hasOwn(keys, provider);
  if (!isStored) {
    printProblem(terminal, `There is no key of ${safeLine(provider)} in ${path}.`);
    terminal.exitCode = EXIT.failed;
  } else {
    const { [provider]: _, ...others } = keys;
    writeKeys(environment, others);
  }
  if (json) printJson(terminal, { object: "key", provider, path, removed: isStored });
  else if (isStored) note(terminal, `Removed from ${path}.`);
}
