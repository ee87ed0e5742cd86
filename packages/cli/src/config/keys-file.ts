import { readFileSync, statSync } from "node:fs";
import { homedir, platform } from "node:os";
import { join } from "node:path";
import { InvalidOptionsError } from "@laplas/core";
import { reasonOf } from "../terminal/system-error.js";
import { jsonFaultLine } from "./json-fault.js";
import { replacePrivateFile } from "./replace-file.js";

type Environment = Readonly<Record<string, string | undefined>>;

/** Where the user's keys are kept: a file of theirs alone, in no project's folder. */
export function keysPath(environment: Environment): string {
  const isWindows = platform() === "win32";
  const home = environment[isWindows ? "USERPROFILE" : "HOME"] || homedir();
  const usual = isWindows ? (environment.APPDATA ?? join(home, "AppData", "Roaming")) : join(home, ".config");
  return join(environment.XDG_CONFIG_HOME || usual, "laplas", "keys.json");
}

/** Whether a text can be a key: it has to fit into a header. */
export function isKey(text: string): boolean {
  return /^[\x21-\x7e]+$/.test(text);
}

/** The keys by the ids of their providers; none where there is no such file. */
export type Keys = Readonly<Record<string, string>>;

/** The configuration with the stored key of laplas, where it has none itself. @throws InvalidOptionsError */
export function withStoredKey<Config extends { readonly apiKey?: string | undefined; readonly providers?: unknown }>(
  config: Config,
  environment: Environment,
): Config {
  // Of several, each entry looks for its own.
  if (config.apiKey !== undefined || config.providers !== undefined) return config;
  const { laplas } = readKeys(environment);
  if (laplas === undefined) return config;
  if (!isKey(laplas)) throw new InvalidOptionsError(notKey("laplas", `${keysPath(environment)} ("laplas")`));
  return { ...config, apiKey: laplas };
}

/** What is wrong with a key, and where it stands. Never the key. */
export function notKey(title: string, place: string): string {
  return `The key of ${title} holds characters that no key has: blanks, line ends or letters beyond ASCII. Look at ${place}: was it copied whole, without quotes?`;
}

/** Replaces the file, which nobody else can read. @throws InvalidOptionsError */
export function writeKeys(environment: Environment, keys: Keys): void {
  const path = keysPath(environment);
  try {
    replacePrivateFile(path, `${JSON.stringify(keys, undefined, 2)}\n`);
  } catch (error) {
    throw new InvalidOptionsError(`The keys in ${path} can't be written: ${reasonOf(error)}.`, { cause: error });
  }
}

/** @throws InvalidOptionsError naming the file and what to do, and nothing of what it holds */
export function readKeys(environment: Environment): Keys {
  const path = keysPath(environment);
  let text: string;
  try {
    // Before its text is read: what others can read is not used, so that it does not stay so.
    const { mode } = statSync(path);
    if (platform() !== "win32" && (mode & 0o077) !== 0) {
      throw new InvalidOptionsError(
        `The keys in ${path} can be read by others (mode ${(mode & 0o777).toString(8).padStart(4, "0")}). Run: chmod 600 ${path}`,
      );
    }
    text = readFileSync(path, "utf8").replace(/^\uFEFF/, "");
  } catch (error) {
    if (InvalidOptionsError.isInstance(error)) throw error;
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw new InvalidOptionsError(`The keys in ${path} can't be read: ${reasonOf(error)}.`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's own message quotes the text around the slip, which may be a key.
    throw new InvalidOptionsError(`The file ${path} is not valid JSON from line ${jsonFaultLine(text)} on.`);
  }
  const isRight =
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((key) => typeof key === "string" && key !== "");
  if (isRight) return value as Keys;
  throw new InvalidOptionsError(`The file ${path} must hold keys by provider, as in {"groq": "..."}.`);
}
