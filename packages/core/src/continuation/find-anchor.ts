import { followsSameEnd, uniqueEndLength, uniqueWholeLength } from "./unique-end.js";

const SHORTEST_ANCHOR = 24;
const LONGEST_ANCHOR = 240;

/** Scripts that put no space between words. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const WORD = /[\p{L}\p{N}\p{M}]/u;
/** What belongs to the character before it: combining marks and the joiner of emoji. */
const ATTACHED = /[\p{M}\u200d]/u;
const JOINER = "\u200d";

/**
 * The shortest end of the text that stands once in it and that a follow-up can ask for: of 24 to 240 UTF-16 units, from the start of a line
 * or a word on; from any character on where no word starts there (base64). All of a text that is shorter. `undefined`: there is none, so
 * that the text can't be continued. Mostly that is a model in a loop.
 */
export function findAnchor(text: string): string | undefined {
  const bare = text.trimStart();
  if (bare.length < SHORTEST_ANCHOR) return uniqueWholeLength(bare) === undefined ? undefined : bare;
  const shortest = uniqueEndLength(text, SHORTEST_ANCHOR, LONGEST_ANCHOR);
  if (shortest === undefined) return undefined;
  const first = text.length - shortest;
  const last = Math.max(0, text.length - LONGEST_ANCHOR);
  let fallback: number | undefined;
  for (let start = first; start >= last; start--) {
    if (!isCharacterStart(text, start) || followsSameEnd(text, start)) continue;
    if (isWordStart(text, start)) return text.slice(start);
    fallback ??= start;
  }
  return fallback === undefined ? undefined : text.slice(fallback);
}

function isCharacterStart(text: string, start: number): boolean {
  const character = characterAt(text, start);
  return (
    character.trim() !== "" && !ATTACHED.test(character) && text[start - 1] !== JOINER && !isInsidePair(text, start)
  );
}

function isWordStart(text: string, start: number): boolean {
  if (start === 0) return true;
  const character = characterAt(text, start);
  const before = characterAt(text, isInsidePair(text, start - 1) ? start - 2 : start - 1);
  if (UNSPACED.test(character) || UNSPACED.test(before)) return true;
  return !(WORD.test(before) && WORD.test(character));
}

function characterAt(text: string, at: number): string {
  return String.fromCodePoint(text.codePointAt(at) ?? 0);
}

function isInsidePair(text: string, at: number): boolean {
  return /^[\ud800-\udbff][\udc00-\udfff]$/.test(text.slice(Math.max(0, at - 1), at + 1));
}
