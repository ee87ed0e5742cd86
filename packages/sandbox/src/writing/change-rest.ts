/** Where a numbered sentence starts, as `12. ` or `12、`. */
const numbered = /(?<!\d)(\d+)(?:\. |、)/g;

/**
 * A text that changes after `at`: from its next numbered sentence on it is the other text, from the sentence of that number.
 * As it is where none of this is found.
 */
export function changeRest(whole: string, at: number, other: string): string {
  const next = [...whole.matchAll(numbered)].find((match) => match.index >= at);
  const same = next && [...other.matchAll(numbered)].find((match) => match[1] === next[1]);
  return same ? whole.slice(0, next.index) + other.slice(same.index) : whole;
}
