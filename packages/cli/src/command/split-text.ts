import type { TextItem } from "./read-texts.js";

/** Where a piece may end, the best place first. */
const BREAKS = ["\n\n", "\n", ". ", " "];

/**
 * A text in pieces of at most `most` characters, called `id#1`, `id#2`, ...; a text that is short enough stays as it is. Pieces
 * end where a paragraph, a line, a sentence or a word does, if one does in their second half.
 */
export function splitText(item: TextItem, most: number | undefined): TextItem[] {
  if (most === undefined || item.text.length <= most) return [item];
  const pieces: string[] = [];
  let rest = item.text;
  while (rest.length > most) {
    const at = breakOf(rest, most);
    pieces.push(rest.slice(0, at));
    rest = rest.slice(at);
  }
  pieces.push(rest);
  const texts = pieces.map((piece) => piece.trim()).filter((piece) => piece !== "");
  return texts.map((text, index) => ({ id: `${item.id}#${index + 1}`, text }));
}

function breakOf(text: string, most: number): number {
  for (const mark of BREAKS) {
    const at = text.lastIndexOf(mark, most - mark.length);
    if (at >= most / 2) return at + mark.length;
  }
  // Between the halves of a surrogate pair there is no character.
  const code = text.charCodeAt(most - 1);
  return code >= 0xd800 && code <= 0xdbff && most > 1 ? most - 1 : most;
}
