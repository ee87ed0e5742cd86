/** Words of languages that write them apart; without blanks each character counts as one. */
const word =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|(?:(?![\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}])[\p{L}\p{N}_'-])+/gu;

/** Where the last `count` words of a text start. */
export function lastWordsStart(text: string, count: number): number {
  const starts = [...text.matchAll(word)].map((match) => match.index);
  return starts.at(-count) ?? 0;
}

/** The next start of a word at or after `at`; `at` itself, moved out of a surrogate pair, where none comes soon. */
export function wordStartFrom(text: string, at: number): number {
  for (let index = at; index < Math.min(at + 40, text.length); index += 1) {
    if (/\s/.test(text[index - 1] ?? " ") && /\S/.test(text[index] ?? " ")) return index;
  }
  return outOfPair(text, at);
}

/** A position that does not tear a surrogate pair. */
export function outOfPair(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  return unit >= 0xdc00 && unit <= 0xdfff ? at - 1 : at;
}
