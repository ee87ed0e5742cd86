import { bar } from "./bar.js";
import type { Output } from "./output.js";
import { paint } from "./paint.js";

/** A bar that is drawn over itself; nothing where that is no terminal. */
export interface Progress {
  show(done: number, total: number, text: string): void;
  /** Takes the bar away. */
  clear(): void;
}

const BAR_WIDTH = 24;
/** Takes a line away that is drawn over itself. */
export const ERASE = "\r\u001b[K";

export function createProgress(output: Output): Progress {
  if (!output.isTerminal) return { show() {}, clear() {} };
  let isShown = false;
  return {
    show(done, total, text) {
      isShown = true;
      const part = total === 0 ? 1 : done / total;
      const drawn = bar({ part }, BAR_WIDTH, output.hasBlocks);
      const tail = ` ${String(Math.floor(part * 100)).padStart(3)} %  ${text}`;
      // A line that wraps could not be erased.
      const room = output.columns - BAR_WIDTH - 1;
      output.write(`${ERASE}${output.render(paint("cyan", drawn))}${tail.slice(0, room)}`);
    },
    clear() {
      if (isShown) output.write(ERASE);
    },
  };
}
