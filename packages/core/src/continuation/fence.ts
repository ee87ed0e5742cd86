/** A line that opens a fenced block, with its line break. At `lastIndex`. */
export const FENCE_LINE: RegExp = /`{3,}[^`\n]{0,40}\n/y;

/** Whether the text ends inside a fenced block. */
export function hasOpenFence(text: string): boolean {
  return (text.match(/^[ \t]*`{3}/gm)?.length ?? 0) % 2 === 1;
}

/** Follows the fences of a text that comes unit by unit. */
export interface FenceCounter {
  read(unit: string): void;
  readonly isOpen: boolean;
}

/** @param before The text that goes on. */
export function createFenceCounter(before: string): FenceCounter {
  let lineStart = before
    .slice(before.lastIndexOf("\n") + 1)
    .trimStart()
    .slice(0, 3);
  let isOpen = hasOpenFence(before);
  return {
    read(unit) {
      if (unit === "\n") lineStart = "";
      else if (lineStart.length < 3 && !(lineStart === "" && (unit === " " || unit === "\t"))) {
        lineStart += unit;
        if (lineStart === "```") isOpen = !isOpen;
      }
    },
    get isOpen() {
      return isOpen;
    },
  };
}
