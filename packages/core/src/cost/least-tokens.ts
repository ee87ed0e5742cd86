/** No tokenizer has much fewer tokens than this for text of any language. */
const MOST_CHARACTERS_PER_TOKEN = 8;
/** But a run of one character may be few tokens: blanks, dashes, padding. Such a run counts once for so many. */
const RUN_PER_CHARACTER = 16;

/**
 * Model tokens that texts have at least, where even these are more than a limit; `undefined` where they may be within it. Most prompts are far
 * from any limit: of those only the lengths are read.
 */
export function tokensBeyond(texts: Iterable<string>, limit: number): number | undefined {
  // A part of a token is none.
  const tooMany = (limit + 1) * MOST_CHARACTERS_PER_TOKEN;
  const seen: string[] = [];
  let characters = 0;
  for (const text of texts) {
    seen.push(text);
    characters += text.length;
  }
  if (characters < tooMany) return undefined;
  let counted = 0;
  for (const text of seen) counted += countedCharacters(text);
  return counted < tooMany ? undefined : Math.floor(counted / MOST_CHARACTERS_PER_TOKEN);
}

function countedCharacters(text: string): number {
  let counted = 0;
  let at = 0;
  while (at < text.length) {
    const character = text.charCodeAt(at);
    let end = at + 1;
    while (end < text.length && text.charCodeAt(end) === character) end += 1;
    const length = end - at;
    counted += length >= RUN_PER_CHARACTER ? length / RUN_PER_CHARACTER : length;
    at = end;
  }
  return counted;
}
