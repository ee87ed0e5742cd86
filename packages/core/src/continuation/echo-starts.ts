import { FENCE_LINE } from "./fence.js";

/** Where in the beginning of a part its echo may begin, and what stands before it there. */
export interface EchoStart {
  readonly at: number;
  readonly hasFence: boolean;
  readonly after: "nothing" | "remark" | "mark";
}

/** A mark that comes later is no beginning. */
export const LATEST_MARK = 300;

/** The mark stands in the fence as well. */
const FENCE_BEFORE = /`{3,}[^`\n]{0,40}\n\s*$/;

const REMARK = /^(?:\p{L}[^|]{0,118}[:.!…：。！]|\(\p{L}[^|]{0,118}\))$/u;

/**
 * Before an echo stand only white space and one fence line; before these the begin mark with anything before it, or, without the mark, one
 * line that `isTextLine` does not know.
 */
export function echoStarts(held: string, begin: string, isTextLine: (line: string) => boolean): EchoStart[] {
  const mark = held.lastIndexOf(begin);
  if (mark > LATEST_MARK) return [];
  if (mark !== -1) {
    const starts = startsFrom(held, mark + begin.length, "mark");
    return FENCE_BEFORE.test(held.slice(0, mark)) ? starts.map((start) => ({ ...start, hasFence: true })) : starts;
  }
  const starts = startsFrom(held, 0, "nothing");
  const lineStart = spaceEnd(held, 0);
  const lineEnd = held.indexOf("\n", lineStart);
  const line = held.slice(lineStart, lineEnd).trim();
  if (lineEnd === -1 || !REMARK.test(line) || isTextLine(line)) return starts;
  return [...starts, ...startsFrom(held, lineEnd + 1, "remark")];
}

function startsFrom(held: string, from: number, after: EchoStart["after"]): EchoStart[] {
  const space = spaceEnd(held, from);
  const starts = range(from, space).map((at): EchoStart => ({ at, hasFence: false, after }));
  FENCE_LINE.lastIndex = space;
  const fence = FENCE_LINE.exec(held);
  if (fence === null) return starts;
  const fenceEnd = space + fence[0].length;
  return [...starts, ...range(fenceEnd, spaceEnd(held, fenceEnd)).map((at) => ({ at, hasFence: true, after }))];
}

function spaceEnd(held: string, from: number): number {
  let end = from;
  while (end < held.length && held.charAt(end).trim() === "") end++;
  return end;
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
