const compiled: Map<string, RegExp> = new Map();

/** A pattern of a provider's document, in any case of letters, by the strict syntax that documents are checked for. Compiled once: documents are few, and their patterns are asked often. */
export function patternOf(text: string): RegExp {
  let pattern = compiled.get(text);
  if (pattern === undefined) {
    pattern = new RegExp(text, "iu");
    compiled.set(text, pattern);
  }
  return pattern;
}
