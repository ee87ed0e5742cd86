const FENCE_LINES = /^ {0,3}(?:`{3,}|~{3,})/gm;
const HALF_FENCE = /\n {0,3}(?:`{1,2}|~{1,2})$/;
/** The beginning of a list or a fence; a hyphen would make a heading of the line before. */
const HALF_LINE = /\n[ \t]*(?:[-=]+|[*+]|\d{1,9}[.)]?|`{1,2}|~{1,2})[ \t]*$/;
const HALF_LINK = /!?\[([^\]\n]*)(?:\]|\]\([^)\s]*)?$/;
const CODE = /`[^`\n]*`/g;

/**
 * An answer that has not come to its end, without the marks that would flash up as characters or as a heading: what is begun is closed, and
 * what only may be a mark is left out until the next piece shows what it is.
 */
export function withoutHalfMarks(text: string): string {
  if ((text.match(FENCE_LINES)?.length ?? 0) % 2 === 1) return text.replace(HALF_FENCE, "");
  const settled = text.replace(HALF_LINE, "");
  const start = settled.lastIndexOf("\n") + 1;
  return settled.slice(0, start) + closeMarks(settled.slice(start));
}

function closeMarks(line: string): string {
  if (countOf(line, "`") % 2 === 1) return line.endsWith("`") ? line.slice(0, -1) : `${line}\``;
  const linked = line.slice(line.lastIndexOf("[")).includes("`") ? line : line.replace(HALF_LINK, "$1");
  if (!isStrongOpen(linked)) return linked.replace(/(?<![\s*])\*$/, "");
  const words = linked.trimEnd().replace(/\*{1,3}$/, "");
  return isStrongOpen(words) ? `${words}**` : words;
}

function isStrongOpen(line: string): boolean {
  return countOf(line.replace(CODE, ""), "**") % 2 === 1;
}

function countOf(text: string, mark: string): number {
  return text.split(mark).length - 1;
}
