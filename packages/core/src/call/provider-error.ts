import type { Signals } from "../provider/signals.js";
import { memberOf } from "../provider/value-at.js";
import type { JsonObject } from "../request/wire-types.js";
import { looseField, SEARCHED_CHARACTERS } from "./error-body.js";

/** The shapes of a provider's errors: rows of paths, of which one row has to be there whole. */
type Shapes = Signals["errorShapes"];

/**
 * Whether a body is an error in the provider's own shape, and not one of something in front, such as a proxy or a cloud. Published bodies
 * were seen without their commas, and a body may break off, so what is not valid JSON is searched for the fields.
 */
export function isProviderError(text: string, shapes: Shapes): boolean {
  if (!/^\s*[[{]/.test(text)) return false;
  try {
    return isErrorBody(JSON.parse(text) as JsonObject, shapes);
  } catch {
    return shapes.some((paths) => paths.every((path) => looksLike(text, path)));
  }
}

/** As {@link isProviderError}, of a body that was read already. */
export function isErrorBody(body: Readonly<JsonObject> | readonly JsonObject[], shapes: Shapes): boolean {
  return shapes.some((paths) => paths.every((path) => isSaid(fieldAt(body, path))));
}

/**
 * The error that an answer has beside its choices, or in one of them: OpenRouter ends so what its host has broken off, with `error` as the
 * reason (docs/api-reference/errors, November 2026). OpenAI's clients throw for the first kind.
 */
export function errorInAnswer({ error, choices }: JsonObject): unknown {
  if (error) return error;
  if (!Array.isArray(choices)) return undefined;
  return choices.find((choice) => choice?.finish_reason === "error" && choice.error)?.error;
}

/** The status that an error names in its body, for one that came under another; 500 where it names none. */
export function statusIn(text: string): number {
  for (const [, digits] of text
    .slice(0, SEARCHED_CHARACTERS)
    .matchAll(/"(?:statusCode|status|code)"\s*:\s*"?(\d{3})\b/g)) {
    const status = Number(digits);
    if (status >= 400 && status < 600) return status;
  }
  return 500;
}

/** Texts of texts are no shape: a proxy that quotes an error is not the provider. */
function fieldAt(body: unknown, path: string): unknown {
  let value = body;
  for (const name of path.split(".")) {
    if (Array.isArray(value) && !isPlace(name)) [value] = value as unknown[];
    value = memberOf(value, name);
  }
  return value;
}

/** What stands below another field has to be below the first one: fields of the name may stand anywhere. */
function looksLike(text: string, path: string): boolean {
  const [first = "", ...rest] = path.split(".").filter((name) => !isPlace(name));
  const begins = new RegExp(`^\\s*\\[?\\s*\\{\\s*"${first.replace(/[^\w-]/g, "\\$&")}"\\s*:\\s*\\{`);
  return (rest.length === 0 || begins.test(text)) && isSaid(looseField(text, rest.at(-1) ?? first));
}

/** Of lists the first element counts, unless a path names another. */
function isPlace(name: string): boolean {
  return /^\d+$/.test(name);
}

/** A field that says something. A status of success is none of an error. */
function isSaid(value: unknown): boolean {
  if (typeof value !== "number" && (typeof value !== "string" || value === "")) return false;
  return !/^[1-3]\d\d$/.test(String(value));
}
