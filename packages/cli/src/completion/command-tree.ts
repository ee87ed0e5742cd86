import type { Argument, Command, Option } from "commander";
import { configNames } from "../config/config-schema.js";

/** What a command line can go on with at one place. */
export interface CommandNode {
  /** Its words: `/keys/set`; that of the program is empty. */
  readonly path: string;
  readonly commands: readonly { readonly name: string; readonly summary: string }[];
  readonly options: readonly OptionNode[];
  /** What its arguments may be. */
  readonly values: Values;
}

/** An option in all its spellings. */
export interface OptionNode {
  readonly flags: readonly string[];
  readonly summary: string;
  /** Of an option that takes a value. */
  readonly values: Values | undefined;
}

/** Words that are known, and whether a path may stand there. */
export interface Values {
  readonly words: readonly string[];
  readonly files: boolean;
}

/** What the program's commands leave open: names that other modules know. */
export interface KnownNames {
  /** By the kind of model. */
  readonly models: Readonly<Record<"chat" | "embedding" | "image", readonly string[]>>;
  readonly providers: readonly string[];
  /** Those that take a key. */
  readonly keyOwners: readonly string[];
}

const NOTHING: Values = { words: [], files: false };
const FILES: Values = { words: [], files: true };

/** Every place of a program, the program itself first. */
export function commandTree(program: Command, known: KnownNames): readonly CommandNode[] {
  const all = program.commands.map((command) => ({ name: command.name(), summary: command.description() }));
  const root: CommandNode = {
    path: "",
    commands: [...all, { name: "help", summary: "explain a command" }],
    options: [...program.options.filter(({ hidden }) => !hidden).map((one) => optionNode(one, "", known)), HELP],
    values: NOTHING,
  };
  const help: CommandNode = { ...root, path: "/help", commands: all, options: [] };
  return [root, help, ...program.commands.flatMap((command) => nodesOf(command, "", known))];
}

const HELP: OptionNode = { flags: ["-h", "--help"], summary: "display help for command", values: undefined };

function nodesOf(command: Command, before: string, known: KnownNames): CommandNode[] {
  const path = `${before}/${command.name()}`;
  const shown = command.options.filter(({ hidden }) => !hidden);
  const [argument] = command.registeredArguments;
  return [
    {
      path,
      commands: command.commands.map((one) => ({ name: one.name(), summary: one.description() })),
      options: [...shown.map((option) => optionNode(option, path, known)), HELP],
      values: argument === undefined ? NOTHING : argumentValues(argument, path, known),
    },
    ...command.commands.flatMap((one) => nodesOf(one, path, known)),
  ];
}

function optionNode(option: Option, path: string, known: KnownNames): OptionNode {
  const flags = [option.short, option.long].flatMap((flag) => (flag == null ? [] : [flag]));
  return {
    flags,
    summary: option.description,
    values: takesValue(option) ? optionValues(option, path, known) : undefined,
  };
}

function takesValue({ required, optional }: Option): boolean {
  return required || optional;
}

function optionValues({ long, argChoices }: Option, path: string, { models, providers }: KnownNames): Values {
  if (argChoices !== undefined) return listOf(argChoices);
  switch (long) {
    case "--model":
    case "--models":
      return listOf(modelsOf(path, models));
    case "--tier":
      return { words: ["free", "playground", "paid"], files: true };
    case "--ledger":
      return listOf(["memory", "sqlite"]);
    case "--providers":
      return listOf(providers);
    case "--config":
    case "--output":
      return FILES;
    default:
      return NOTHING;
  }
}

function modelsOf(path: string, models: KnownNames["models"]): readonly string[] {
  const kinds: Readonly<Record<string, keyof KnownNames["models"]>> = {
    "/chat": "chat",
    "/embed": "embedding",
    "/image": "image",
  };
  const kind = kinds[path];
  return kind === undefined ? Object.values(models).flat() : models[kind];
}

function argumentValues(argument: Argument, path: string, { models, providers, keyOwners }: KnownNames): Values {
  if (argument.argChoices !== undefined) return listOf(argument.argChoices);
  switch (argument.name()) {
    case "provider":
      return path.startsWith("/keys/") ? listOf(keyOwners) : { words: providers, files: path === "/providers/show" };
    case "name":
      return listOf(configNames);
    case "search":
      return listOf(Object.values(models).flat());
    case "prompt":
      return NOTHING;
    default:
      // A file, a folder or a document.
      return FILES;
  }
}

function listOf(words: readonly string[]): Values {
  return { words, files: false };
}
