import type { BlockToken, LinkNames, lexMarkdown } from "./lex-markdown.js";
import { withoutHalfMarks } from "./without-half-marks.js";

/** A part of an answer, under a key that it keeps while the answer grows. */
export interface Block {
  readonly key: number;
  readonly token: BlockToken;
}

/** Reads a growing text. @param isWhole whether nothing comes any more */
export type BlockReader = (text: string, isWhole: boolean) => readonly Block[];

/**
 * A reader of Markdown for an answer that streams in: only its last part is read anew with each piece, since no later text changes the
 * ones before. Those are the same objects from call to call.
 */
export function createBlockReader(lex: typeof lexMarkdown): BlockReader {
  let settled: Block[] = [];
  let before = "";
  let links = noLinks();
  const reset = (): void => {
    settled = [];
    before = "";
    links = noLinks();
  };

  const read = (lines: string, isWhole: boolean): readonly Block[] => {
    if (!lines.startsWith(before)) reset();
    const isFresh = settled.length === 0;
    const rest = lines.slice(before.length);
    const found = Object.assign(noLinks(), links);
    const tokens = lex(isWhole ? rest : withoutHalfMarks(rest), found);
    let at = before.length;
    const blocks = tokens.map((token): Block => {
      const block = { key: at, token };
      at += token.raw.length;
      return block;
    });
    const shown = [...settled, ...blocks];
    const last = blocks.findLastIndex(({ token }) => token.type !== "space");
    const open = blocks.findLastIndex(({ key }, index) => index <= last && followsBlankLine(lines, key));
    const start = blocks[open];
    if (start !== undefined) {
      settled.push(...blocks.slice(0, open));
      before = lines.slice(0, start.key);
      links = found;
    }
    // An address may be given after the links that refer to it.
    if (!isWhole || isFresh || Object.keys(found).length === 0) return shown;
    reset();
    return read(lines, isWhole);
  };
  return (text, isWhole) => read(text.replace(/\r\n?/g, "\n"), isWhole);
}

/** What stands before a blank line is what it is; other parts may still become one with the next. */
function followsBlankLine(text: string, at: number): boolean {
  return /\n[ \t]*\n[ \t]*$/.test(text.slice(Math.max(0, at - 100), at));
}

/** Without the names that every object has. */
function noLinks(): LinkNames {
  return Object.create(null) as LinkNames;
}
