/**
 * The length of the shortest end of the text, from `least` to `most`, that stands once in it and does not repeat itself; `undefined`: there
 * is none. `ha ha ha` stands once in itself, yet a text that goes on in the same way says it again: so an end inside a repetition does not
 * count, only one that also holds what stands before the repetition.
 */
export function uniqueEndLength(text: string, least: number, most: number): number | undefined {
  const longest = Math.min(most, text.length);
  if (longest < least || !standsOnce(text, longest)) return undefined;
  let known = longest;
  let length = least;
  // Where an end stands once, all longer ones do.
  while (length < known) {
    const middle = (length + known) >> 1;
    if (standsOnce(text, middle)) known = middle;
    else length = middle + 1;
  }
  for (let period = periodOfEnd(text, length); period !== undefined; period = periodOfEnd(text, length)) {
    length = repetitionLength(text, period) + 1;
    if (length > longest) return undefined;
  }
  return length;
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

/** The shortest period with which this end of the text repeats itself at least once. */
function periodOfEnd(text: string, length: number): number | undefined {
  for (let period = 1; period * 2 <= length; period++) {
    let at = text.length - 1;
    while (at - period >= text.length - length && text[at] === text[at - period]) at--;
    if (at - period < text.length - length) return period;
  }
  return undefined;
}

/** How much of the end of the text has this period. */
function repetitionLength(text: string, period: number): number {
  let at = text.length - 1;
  while (at >= period && text[at] === text[at - period]) at--;
  return text.length - 1 - at + period;
}
