const stopList =
  "a about above after again all also am an and any are as at be because been before being below between both but by " +
  "can could did do does doing done down during each few for from further get give had has have having he her here " +
  "hers him his how i if in into is it its itself just know let like make many may me might more most much must my " +
  "no nor not now of off on once only or other our ours out over own per please say shall she should so some such " +
  "tell than that the their theirs them then there these they this those through to too under until up upon us use " +
  "very want was we were what when where which while who whom whose why will with would yes you your yours";

const stopWords: ReadonlySet<string> = new Set(stopList.split(" "));

export function isStopWord(word: string): boolean {
  return stopWords.has(word);
}

/** Chinese and Japanese are written without blanks between words. */
const withoutBlanks = /([\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}]+)/u;

/**
 * Lower-case words and numbers of a text, in order. Apostrophe endings are dropped ("Ada's" is "ada"). Chinese and Japanese
 * come as pairs of neighbors, as search engines without a dictionary index them: a question then shares pairs with its passage.
 */
export function wordsOf(text: string): string[] {
  const found = text.toLowerCase().match(/[\p{L}\p{N}]+(?:[.,]\p{N}+)*(?:['’]\p{L}+)?/gu) ?? [];
  return found.flatMap((word) => {
    const plain = word.replace(/['’]\p{L}+$/u, "");
    return withoutBlanks.test(plain) ? plain.split(withoutBlanks).flatMap(pairsOf) : [plain];
  });
}

/** Whether a word of {@link wordsOf} is a pair, or a character that stands alone between other scripts. */
export function isPair(word: string): boolean {
  return withoutBlanks.test(word);
}

function pairsOf(run: string): string[] {
  if (run === "" || !isPair(run)) return run === "" ? [] : [run];
  const characters = [...run];
  return characters.length === 1 ? characters : characters.slice(1).map((next, index) => `${characters[index]}${next}`);
}

/** Brings the common English forms of a word together ("prices", "priced", "pricing" -> "pric"). */
export function stem(word: string): string {
  let base = word;
  if (base.length > 4 && base.endsWith("ies")) base = `${base.slice(0, -3)}y`;
  else if (base.length > 3 && base.endsWith("s") && !/(ss|us|is)$/.test(base)) base = base.slice(0, -1);
  if (base.length > 5 && base.endsWith("ing")) base = undouble(base.slice(0, -3));
  else if (base.length > 4 && base.endsWith("ed")) base = undouble(base.slice(0, -2));
  return base.length > 3 && base.endsWith("e") ? base.slice(0, -1) : base;
}

function undouble(base: string): string {
  return /([bdgmnprt])\1$/.test(base) ? base.slice(0, -1) : base;
}

/** The stems of the words that carry meaning, in order, repeats included. */
export function stemsOf(text: string): string[] {
  return wordsOf(text)
    .filter((word) => !isStopWord(word))
    .map(stem);
}
