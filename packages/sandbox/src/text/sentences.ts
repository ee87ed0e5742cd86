const bullet = /^\s*(?:[-*•]|\d+[.)]|#{1,6})\s+/;
const abbreviation = /(?:\b(?:dr|mr|mrs|ms|prof|st|vs|etc|e\.g|i\.e|no|approx)|\b\p{Lu})\.$/iu;

/** Latin marks end a sentence before a blank and a capital; those of Chinese and Japanese wherever they stand. */
const sentenceEnd = /(?<=[.!?]["')\]]*)\s+(?=["'([]*[\p{Lu}\p{N}])|(?<=[。！？]["')\]」』”）]*)(?!["')\]」』”）])/u;

/** Lines that were wrapped in the middle of a sentence become one. */
function joinWrappedLines(text: string): string[] {
  const joined: string[] = [];
  // Parts are joined once: growing one string line by line is quadratic in a long wrapped document.
  let parts: string[] = [];
  for (const line of text.split(/\r?\n/)) {
    const before = parts.at(-1) ?? "";
    const continues =
      (/[\p{L}\p{N},;)]$/u.test(before) && /^\s*[\p{Ll}(]/u.test(line)) ||
      (/[,;]$/.test(before) && /^\s*[\p{L}\p{N}]/u.test(line));
    if (!continues && parts.length > 0) {
      joined.push(parts.join(" "));
      parts = [];
    }
    parts.push(continues ? line.trim() : line.trimEnd());
  }
  joined.push(parts.join(" "));
  return joined;
}

/** Splits a text into sentences; a bullet, a heading or a table line is a sentence too. */
export function sentencesOf(text: string): string[] {
  const sentences: string[] = [];
  for (const line of joinWrappedLines(text)) {
    let pending = "";
    for (const part of line.replace(bullet, "").split(sentenceEnd)) {
      pending = pending ? `${pending} ${part}` : part;
      if (abbreviation.test(pending)) continue;
      if (pending.trim()) sentences.push(pending.trim());
      pending = "";
    }
    if (pending.trim()) sentences.push(pending.trim());
  }
  return sentences;
}
