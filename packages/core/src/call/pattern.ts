const compiled: Map<string, RegExp> = new Map();

/** A pattern of a provider's document, in any case of letters. Compiled once: documents are few, and their patterns are asked often. */
export function patternOf(text: string): RegExp {
  let pattern = compiled.get(text);
  if (pattern === undefined) {
    pattern = new RegExp(text, "i");
    compiled.set(text, pattern);
  }
  return pattern;
}
