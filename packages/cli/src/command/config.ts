import { InvalidOptionsError } from "@laplas/core";
import type { Command } from "commander";
import { configNames, type GatewayConfig } from "../config/config-schema.js";
import {
  type ConfigPath,
  type ConfigValue,
  readPath,
  readValues,
  valueAt,
  withoutSecrets,
} from "../config/config-values.js";
import { configuredTiers } from "../config/configured-tiers.js";
import { editConfig } from "../config/edit-config.js";
import { addJsonFlag } from "../config/engine-flags.js";
import { type ConfigSources, configPath, parseConfig, readText, requireTiers } from "../config/read-config.js";
import { replaceFile } from "../config/replace-file.js";
import { EXIT } from "../terminal/exit-codes.js";
import { paint } from "../terminal/paint.js";
import { note, printJson, printLines } from "../terminal/print.js";
import { safeLine } from "../terminal/safe-text.js";
import { reasonOf } from "../terminal/system-error.js";
import { table } from "../terminal/table.js";
import type { Terminal } from "../terminal/terminal.js";

interface ConfigFlags {
  readonly config?: string;
  readonly json?: boolean;
}

export function define(command: Command, terminal: Terminal): void {
  command.addHelpText("after", HELP);
  addFlags(command.command("get").description("what is set, and by what"))
    .argument("[name]", "an option, or a place in one: providers[0].tier (default: all that are set)")
    .addHelpText("after", "\nExamples:\n  laplas config get\n  laplas config get port")
    .action((name: string | undefined, flags: ConfigFlags) => get(terminal, name, flags));
  addFlags(command.command("set").description("change one option of the file; the rest stays as it is"))
    .argument("<name>", "an option, or a place in one: providers[0].tier")
    .argument("<value>", "a text, or JSON")
    .addHelpText("after", SET_HELP)
    .action((name: string, value: string, flags: ConfigFlags) => set(terminal, name, value, flags));
  addFlags(command.command("unset").description("take one option out of the file"))
    .argument("<name>", "an option, or a place in one")
    .addHelpText("after", "\nExamples:\n  laplas config unset port")
    .action((name: string, flags: ConfigFlags) => set(terminal, name, undefined, flags));
  addFlags(command.command("path").description("which file is read"))
    .addHelpText("after", '\nExamples:\n  "$EDITOR" "$(laplas config path)"')
    .action((flags: ConfigFlags) => tellPath(terminal, flags));
}

const HELP = `
Examples:
  laplas config get --json | jq '.data[].name'
  laplas config set port 4200
  laplas config set allowedHosts '["gateway"]'
  laplas config unset port
  laplas config path

The file is laplas.config.json in this folder, or LAPLAS_CONFIG. Variables go
before it, and options of a command before those. Keys have a place of their
own: laplas keys set.`;

const SET_HELP = `
Examples:
  laplas config set tier paid
  laplas config set continueAtCap 8
  laplas config set providers[0].tier developer`;

function addFlags(command: Command): Command {
  return addJsonFlag(command.option("--config <file>", "the file; LAPLAS_CONFIG (default: laplas.config.json)"));
}

function sourcesOf({ environment, cwd }: Terminal, { config }: ConfigFlags): Omit<ConfigSources, "flags"> {
  return { file: config, environment, directory: cwd() };
}

function tellPath(terminal: Terminal, flags: ConfigFlags): void {
  const path = configPath(sourcesOf(terminal, flags));
  const isThere = readText(path, true) !== undefined;
  if (flags.json) printJson(terminal, { object: "config.path", path, exists: isThere });
  else printLines(terminal, [path]);
  if (!isThere && !flags.json) note(terminal, paint("dim", "There is no such file yet: every option has its default."));
}

function get(terminal: Terminal, name: string | undefined, flags: ConfigFlags): void {
  const values = readValues(sourcesOf(terminal, flags));
  if (name === undefined) {
    list(terminal, values, flags);
    return;
  }
  const [top = "", ...rest] = requireName(name);
  const found = values.find((one) => one.name === top);
  const value = found === undefined ? undefined : valueAt(withoutSecrets(found.value, found.name), rest);
  if (flags.json) printJson(terminal, { object: "config", name, value: value ?? null, from: found?.from ?? null });
  if (found === undefined || value === undefined) {
    if (!flags.json) note(terminal, `${safeLine(name)} is not set: it has its default.`);
    terminal.exitCode = EXIT.failed;
    return;
  }
  if (flags.json) return;
  printLines(terminal, [shown(value)]);
  if (terminal.stderr.isTerminal || found.hidden !== undefined) note(terminal, paint("dim", originWords(found)));
}

/** `from LAPLAS_PORT, before laplas.config.json, which has 4200`. */
function originWords({ from, hidden, name }: ConfigValue): string {
  const before =
    hidden === undefined ? "" : `, before ${hidden.from}, which has ${shown(withoutSecrets(hidden.value, name))}`;
  return `from ${from}${before}`;
}

function list(terminal: Terminal, values: readonly ConfigValue[], { json }: ConfigFlags): void {
  if (json) {
    const data = values.map(({ name, value, from, hidden }) => ({
      name,
      value: withoutSecrets(value, name),
      from,
      before: hidden?.from ?? null,
    }));
    printJson(terminal, { object: "list", data });
    return;
  }
  if (values.length === 0) {
    note(terminal, "Nothing is set: every option has its default.");
    return;
  }
  const rows = values.map(({ name, value, from, hidden }) => [
    paint("bold", name),
    shown(withoutSecrets(value, name)),
    paint("dim", hidden === undefined ? from : `${from}, before ${hidden.from}`),
  ]);
  const columns = [{ title: "OPTION" }, { title: "VALUE" }, { title: "FROM", spare: 1 }];
  printLines(terminal, table(columns, rows, terminal.stdout.room));
}

function shown(value: unknown): string {
  return safeLine(typeof value === "string" ? value : JSON.stringify(value));
}

/** @param given `undefined` takes the option out */
async function set(terminal: Terminal, name: string, given: string | undefined, flags: ConfigFlags): Promise<void> {
  const place = requireName(name);
  if (given !== undefined && place.includes("apiKey")) {
    throw new InvalidOptionsError(
      "A key has no place in this file, which is copied, shared and committed, nor in the arguments. Store it with: laplas keys set",
    );
  }
  const sources = sourcesOf(terminal, flags);
  const path = configPath(sources);
  const found = readText(path, true);
  if (found !== undefined) parseConfig(found, path);
  const before = found ?? "{}\n";
  if (given === undefined && valueAt(JSON.parse(before), place) === undefined) {
    if (flags.json) printJson(terminal, { object: "config", name, value: null, path, overridden_by: null });
    else note(terminal, `${safeLine(name)} is not set in ${path}.`);
    terminal.exitCode = EXIT.failed;
    return;
  }
  const text = editConfig(before, place, given, path);
  if (given !== undefined && place.at(-1) === "tier") await requireTier(terminal, parseConfig(text, path));
  try {
    replaceFile(path, text);
  } catch (cause) {
    throw new InvalidOptionsError(`The configuration ${path} can't be written: ${reasonOf(cause)}.`, { cause });
  }
  const value = valueAt(JSON.parse(text), place);
  const winner = readValues(sources).find((one) => one.name === place[0] && one.hidden !== undefined);
  if (flags.json) {
    const shownValue = withoutSecrets(value, String(place.at(-1))) ?? null;
    printJson(terminal, { object: "config", name, value: shownValue, path, overridden_by: winner?.from ?? null });
    return;
  }
  const shownValue = value === undefined ? "not set" : shown(withoutSecrets(value, String(place.at(-1))));
  note(terminal, `${safeLine(name)}: ${shownValue}, in ${path}`);
  if (winner !== undefined)
    note(terminal, `${winner.from} is set, and goes before it: ${shown(withoutSecrets(winner.value, winner.name))}`);
}

/** A tier that does not exist would fail every command after this one. @throws InvalidOptionsError */
async function requireTier(terminal: Terminal, config: GatewayConfig): Promise<void> {
  requireTiers(config, "");
  if (config.providers !== undefined) await configuredTiers(terminal, config);
}

/** @throws InvalidOptionsError for a name that no option has */
function requireName(name: string): ConfigPath {
  const place = readPath(name);
  if (configNames.includes(String(place[0]))) return place;
  const names = configNames.filter((one) => one !== "$schema").join(", ");
  throw new InvalidOptionsError(`There is no option ${JSON.stringify(safeLine(name))}. Options are ${names}.`);
}
