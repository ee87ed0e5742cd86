/**
 * The length of the shortest end of the text, from `least` to `most`, that stands once in it and reaches back before any repetition the text
 * ends in; `undefined`: there is none. The whole of `ha ha ha` stands once in it, yet a text that goes on in the same way says it again.
 */
export function uniqueEndLength(text: string, least: number, most: number): number | undefined {
  const longest = Math.min(most, text.length);
  if (longest < least || !standsOnce(text, longest)) return undefined;
  let length = least;
  // Where an end stands once, all longer ones do.
  for (let known = longest; length < known; ) {
    const middle = (length + known) >> 1;
    if (standsOnce(text, middle)) known = middle;
    else length = middle + 1;
  }
  for (let period = 1; period <= most; period++) {
    const repetition = repetitionLength(text, period);
    if (repetition + spaceLength(text, text.length - period) >= 2 * period) length = Math.max(length, repetition + 1);
  }
  return length > longest ? undefined : length;
}

/** The same of a short text, as a whole. One that may be the beginning of a fence line can't be told from the fence before an echo. */
export function uniqueWholeLength(text: string): number | undefined {
  if (text === "" || /^(?:`{1,2}|`{3,}[^`\n]*)$/.test(text)) return undefined;
  return uniqueEndLength(text, text.length, text.length);
}

const RECALLED_UNITS = 16;

/**
 * Whether the text up to `start` ends as the whole text does. What begins there is then no echo for sure: the text went on like this after
 * the same words before, and may do so again.
 */
export function followsSameEnd(text: string, start: number): boolean {
  if (text.length < RECALLED_UNITS) return false;
  return text.slice(0, start).trimEnd().endsWith(text.slice(-RECALLED_UNITS));
}

function standsOnce(text: string, length: number): boolean {
  if (length === text.length) return true;
  return text.lastIndexOf(text.slice(text.length - length), text.length - length - 1) === -1;
}

/** How much of the end of the text has this period. */
function repetitionLength(text: string, period: number): number {
  let at = text.length - 1;
  while (at >= period && text[at] === text[at - period]) at--;
  return text.length - 1 - at + period;
}

/** White space at the end of a text is not sent back, so a repetition may lack what comes next in it. */
function spaceLength(text: string, at: number): number {
  const rest = text.slice(Math.max(0, at));
  return rest.length - rest.trimStart().length;
}
