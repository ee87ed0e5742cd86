import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { InvalidOptionsError } from "@laplas/core";
import { jsonFaultLine } from "../config/json-fault.js";
import { paint } from "../terminal/paint.js";
import { note } from "../terminal/print.js";
import { reasonOf } from "../terminal/system-error.js";
import type { Terminal } from "../terminal/terminal.js";

/** The text of a file, or of stdin for `-`. @throws InvalidOptionsError */
export async function readInput(terminal: Terminal, file: string): Promise<string> {
  return file === "-" ? withoutMark(await readStdin(terminal)) : readTextFile(terminal, file);
}

/** The text of a file. @throws InvalidOptionsError */
export async function readTextFile(terminal: Pick<Terminal, "resolve">, file: string): Promise<string> {
  return withoutMark(await readFile(terminal.resolve(file), "utf8").catch(unreadable(file)));
}

/** Editors on Windows put a byte order mark before a text. */
function withoutMark(input: string): string {
  return input.replace(/^\uFEFF/, "");
}

/** What is piped in, or typed. */
export async function readStdin(terminal: Terminal): Promise<string> {
  const { stdin } = terminal;
  if (stdin.isTTY === true) note(terminal, paint("dim", "Reading what you type, until Ctrl-D."));
  return text(stdin);
}

/** @throws InvalidOptionsError saying why a path can't be read */
export function unreadable(path: string): (error: unknown) => never {
  return (error) => {
    throw new InvalidOptionsError(`${path} can't be read: ${reasonOf(error)}.`, { cause: error });
  };
}

/** The body of one call, or the text of a JSONL file of several. */
export type RequestInput =
  | { readonly kind: "one"; readonly request: Record<string, unknown> }
  | { readonly kind: "lines"; readonly text: string; readonly name: string };

/** Requests of a file, or of stdin for `-`. @throws InvalidOptionsError */
export async function readRequests(terminal: Terminal, file: string): Promise<RequestInput> {
  const name = file === "-" ? "stdin" : file;
  const text = await readInput(terminal, file);
  const isLines = /\.(jsonl|ndjson)$/i.test(file) || (lineCount(text) > 1 && firstObject(text) !== undefined);
  return isLines ? { kind: "lines", text, name } : { kind: "one", request: requestOf(text, name) };
}

function lineCount(text: string): number {
  return text.split("\n").filter((line) => line.trim() !== "").length;
}

/** The JSON object that the first line that is not empty is by itself. */
export function firstObject(text: string): Record<string, unknown> | undefined {
  const [line = ""] = /\S.*/.exec(text) ?? [];
  try {
    return parseObject(line, "");
  } catch {
    return undefined;
  }
}

function requestOf(json: string, name: string): Record<string, unknown> {
  if (json.trim() === "") throw new InvalidOptionsError(`${name} is empty, but must hold the body of a call as JSON.`);
  return parseObject(json, name, () => ` from line ${jsonFaultLine(json)} on`);
}

/** An object of a line of JSONL. @throws InvalidOptionsError naming the line, from 1 on */
export function parseLine(json: string, name: string, line: number): Record<string, unknown> {
  return parseObject(json, `${name}, line ${line},`);
}

/** @param where begins the errors' sentences. The parser's own would quote a prompt */
function parseObject(json: string, where: string, place: () => string = () => ""): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new InvalidOptionsError(`${where} is not valid JSON${place()}.`);
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new InvalidOptionsError(`${where} must hold a JSON object: the body of a call.`);
}
