import { InvalidOptionsError } from "@laplas/core";
import { applyEdits, modify } from "jsonc-parser";
import { safeLine } from "../terminal/safe-text.js";
import { type ConfigPath, valueAt } from "./config-values.js";
import { fieldName, parseConfig } from "./read-config.js";

/** The text with one value changed, and nothing else. @throws InvalidOptionsError where the result is no configuration */
export function editConfig(text: string, place: ConfigPath, given: string | undefined, path: string): string {
  requirePlace(JSON.parse(text), place);
  const value = readValue(given);
  const result = withEdit(text, place, value);
  try {
    parseConfig(result, path);
    return result;
  } catch (error) {
    // A text that happens to be JSON as well, such as a token of digits.
    const asText = withEdit(text, place, given);
    if (value === given || !isRight(asText, path)) throw ofValue(error, path);
    return asText;
  }
}

/** The library fails at some places with an error of its own, and puts a value elsewhere for others. @throws InvalidOptionsError */
function requirePlace(config: unknown, place: ConfigPath): void {
  for (const [index, step] of place.entries()) {
    const parent = valueAt(config, place.slice(0, index));
    const most = Array.isArray(parent) ? parent.length : 0;
    const isObject = typeof parent === "object" && parent !== null && !Array.isArray(parent);
    const isThere = parent === undefined || (typeof step === "number" ? Array.isArray(parent) : isObject);
    if (isThere && (typeof step === "string" || step <= most)) continue;
    const name = JSON.stringify(safeLine(fieldName(place.slice(0, index))));
    const kind = isObject
      ? "an object, whose places have names"
      : Array.isArray(parent) || parent === undefined
        ? `a list, whose places are numbers from 0 to ${most}`
        : "a value without places";
    throw new InvalidOptionsError(`${name} is ${kind}: ${JSON.stringify(safeLine(String(step)))} is none.`);
  }
}

/** What is wrong is the value, not the file, which was right before. */
function ofValue(error: unknown, path: string): unknown {
  if (!InvalidOptionsError.isInstance(error) || !error.message.startsWith(`${path}: `)) return error;
  return new InvalidOptionsError(error.message.slice(path.length + 2));
}

/** The library's own formatting would break lines beside the new one as well. */
function withEdit(text: string, place: ConfigPath, value: unknown): string {
  const indent = /\n([ \t]+)"/.exec(text)?.[1] ?? "  ";
  const line = text.includes("\r\n") ? "\r\n" : "\n";
  if (/^\s*\{\s*\}\s*$/.test(text))
    return `{${line}${indent}${JSON.stringify(place[0])}: ${JSON.stringify(nested(place.slice(1), value))}${line}}${line}`;
  const isOfTop = place.length === 1 && text.trim().includes("\n");
  const edits = modify(text, [...place], value, {}).map((edit) => ({
    ...edit,
    content: edit.content.replace(/^,/, isOfTop ? `,${line}${indent}` : ", "),
  }));
  return applyEdits(text, edits);
}

/** A value at a place of an object, or a list, that is not there yet. */
function nested([step, ...rest]: ConfigPath, value: unknown): unknown {
  if (step === undefined) return value;
  return typeof step === "number" ? [nested(rest, value)] : { [step]: nested(rest, value) };
}

function isRight(text: string, path: string): boolean {
  try {
    parseConfig(text, path);
    return true;
  } catch {
    return false;
  }
}

function readValue(given: string | undefined): unknown {
  if (given === undefined) return undefined;
  try {
    return JSON.parse(given);
  } catch {
    return given;
  }
}
