import type { Rule } from "./tier.js";

type Matcher = (id: string) => boolean;

/** Compiled once for each list: rules are asked with every call. */
const matchers: WeakMap<readonly string[], Matcher> = new WeakMap();

/** Whether a rule binds calls of a model, by its primary id. */
export function bindsModel({ models }: Pick<Rule, "models">, id: string): boolean {
  return models === undefined || matchesModel(models, id);
}

/** Whether a list of ids and patterns names a model. One that only says which it does not name, names all others. */
export function matchesModel(models: readonly string[], id: string): boolean {
  let matcher = matchers.get(models);
  if (matcher === undefined) {
    matcher = compile(models);
    matchers.set(models, matcher);
  }
  return matcher(id);
}

function compile(models: readonly string[]): Matcher {
  const named = models.filter((name) => !name.startsWith("!"));
  const isNamed = anyOf(named);
  const isLeftOut = anyOf(models.flatMap((name) => (name.startsWith("!") ? [name.slice(1)] : [])));
  return (id) => (named.length === 0 || isNamed(id)) && !isLeftOut(id);
}

function anyOf(names: readonly string[]): Matcher {
  const ids = new Set(names.filter((name) => !name.includes("*")));
  const patterns = names.flatMap((name) => (name.includes("*") ? [name.split("*")] : []));
  return (id) => ids.has(id) || patterns.some((pieces) => holdsInOrder(id, pieces));
}

/** Not a regular expression: several `*` would let it try too long. */
function holdsInOrder(id: string, pieces: readonly string[]): boolean {
  const [first = "", ...rest] = pieces;
  const last = rest.pop() ?? "";
  if (!id.startsWith(first) || id.length < first.length + last.length || !id.endsWith(last)) return false;
  const end = id.length - last.length;
  let at = first.length;
  for (const piece of rest) {
    const found = id.indexOf(piece, at);
    if (found < 0 || found + piece.length > end) return false;
    at = found + piece.length;
  }
  return true;
}
