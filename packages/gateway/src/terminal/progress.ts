import { bar } from "./bar.js";
import { paint } from "./paint.js";
import { columnsOf } from "./size.js";

/** A bar on stderr that is drawn over itself; nothing where that is no terminal. */
export interface Progress {
  show(done: number, total: number, text: string): void;
  /** Takes the bar away. */
  clear(): void;
}

const BAR_WIDTH = 24;
const ERASE = "\r\u001b[K";

export function createProgress(stream: NodeJS.WriteStream = process.stderr): Progress {
  if (stream.isTTY !== true) return { show() {}, clear() {} };
  let isShown = false;
  return {
    show(done, total, text) {
      isShown = true;
      const part = total === 0 ? 1 : done / total;
      const drawn = bar({ used: part }, BAR_WIDTH);
      const tail = ` ${String(Math.floor(part * 100)).padStart(3)} %  ${text}`;
      // A line that wraps could not be erased.
      const room = columnsOf(stream) - BAR_WIDTH - 1;
      stream.write(`${ERASE}${paint("cyan", drawn, stream)}${tail.slice(0, room)}`);
    },
    clear() {
      if (isShown) stream.write(ERASE);
    },
  };
}
