import { isObject } from "../../dialect/field-values.js";

/** The text that a model gave to a custom tool, from the arguments of the function in its place. */
export function readCustomInput(text: string): string {
  const written = parsed(text);
  if (written === undefined) return cutInput(text);
  if (typeof written === "string") return written;
  if (!isObject(written)) return text;
  if (typeof written.input === "string") return written.input;
  // Models that did not read the schema name the one text as they like.
  const values = Object.values(written);
  const [only] = values;
  if (values.length === 0) return "";
  return values.length === 1 && typeof only === "string" ? only : text;
}

const BEGIN = /^\s*\{\s*"input"\s*:\s*"/;

/** As much of the text as came before the answer was cut. */
function cutInput(text: string): string {
  const begin = BEGIN.exec(text)?.[0];
  if (begin === undefined) return text;
  // An escape that is cut has no meaning yet.
  const rest = text.slice(begin.length).replace(/(?<=^|[^\\])((?:\\\\)*)\\(u[\da-f]{0,3})?$/i, "$1");
  const said = parsed(`"${rest}"`);
  return typeof said === "string" ? said : text;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
