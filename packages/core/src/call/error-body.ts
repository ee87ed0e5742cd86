import type { JsonObject } from "../request/wire-types.js";

/** No provider's words stand further back. */
export const SEARCHED_CHARACTERS = 8_000;
/** How many errors may stand in one another, each as the text of the one around it. */
const MOST_NESTED = 3;

/** The body of a failed answer, read leniently: published ones were seen as lists, without their commas, and as texts in texts. */
export interface ErrorBody {
  /** The texts to look for words in: the body itself, and errors that stand in its message as JSON. */
  readonly texts: readonly string[];
  /** What stands at a path of field names and places in lists, if it is a text or a number. */
  at(path: string): string | undefined;
}

export function readErrorBody(text: string): ErrorBody {
  const root = parse(text);
  const searched = text.slice(0, SEARCHED_CHARACTERS);
  return {
    texts: [searched, ...nestedTexts(root, MOST_NESTED)],
    at: (path) =>
      root === undefined
        ? looseField(searched, path.slice(path.lastIndexOf(".") + 1))
        : textOf(walk(root, path.split("."))),
  };
}

/** The value of a field by its name alone, in a text that only looks like JSON. */
export function looseField(text: string, name: string): string | undefined {
  const escaped = name.replace(/[^\w-]/g, "\\$&");
  const [, words, digits] =
    new RegExp(`"${escaped}"\\s*:\\s*(?:"((?:[^"\\\\]|\\\\.)*)|(-?\\d+(?:\\.\\d+)?))`).exec(text) ?? [];
  return words ? unescaped(words) : digits;
}

const ESCAPES: Readonly<Record<string, string>> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };

/** One by one: a text that breaks off may end within one. */
function unescaped(text: string): string {
  return text.replace(/\\(?:u([\da-f]{4})|(.))/gis, (_, unit: string | undefined, mark: string) =>
    unit === undefined ? (ESCAPES[mark] ?? mark) : String.fromCharCode(Number.parseInt(unit, 16)),
  );
}

/** In lists the first element that has the rest of the path counts, unless the path names a place. */
function walk(value: unknown, names: readonly string[], nested: number = MOST_NESTED): unknown {
  const [name, ...rest] = names;
  if (name === undefined) return value;
  if (typeof value === "string") return nested === 0 ? undefined : walk(parse(value), names, nested - 1);
  if (typeof value !== "object" || value === null) return undefined;
  if (Array.isArray(value) && !/^\d+$/.test(name)) {
    for (const element of value) {
      const found = typeof element === "object" ? walk(element, names, nested) : undefined;
      if (found !== undefined) return found;
    }
    return undefined;
  }
  return Object.hasOwn(value, name) ? walk((value as JsonObject)[name], rest, nested) : undefined;
}

function nestedTexts(root: unknown, nested: number): string[] {
  const message = walk(root, ["message"], 0) ?? walk(root, ["error", "message"], 0);
  const inner = nested > 0 && typeof message === "string" ? parse(message) : undefined;
  if (typeof message !== "string" || inner === undefined) return [];
  return [message.slice(0, SEARCHED_CHARACTERS), ...nestedTexts(inner, nested - 1)];
}

function parse(text: string): object | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function textOf(value: unknown): string | undefined {
  if (typeof value === "string" && value !== "") return value;
  return typeof value === "number" ? String(value) : undefined;
}
