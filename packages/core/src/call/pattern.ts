import { SIGNAL_TEXT_CHARACTERS } from "../provider/pattern-fault.js";

const compiled: Map<string, RegExp> = new Map();

/**
 * Looks for a pattern of a provider's document, in any case of letters, by the strict syntax that documents are checked for, and as far
 * back in the text as they are checked for. Compiled once: documents are few, and their patterns are asked often.
 */
export function findPattern(text: string, words: string): RegExpExecArray | null {
  let pattern = compiled.get(words);
  if (pattern === undefined) {
    pattern = new RegExp(words, "iu");
    compiled.set(words, pattern);
  }
  return pattern.exec(text.slice(0, SIGNAL_TEXT_CHARACTERS));
}
