import { createFenceCounter } from "./fence.js";
import type { ContinuationMarks } from "./instruction.js";

export interface RestReaderOptions {
  /** The text that the rest follows. */
  readonly text: string;
  readonly marks: ContinuationMarks;
  /** The part began with a fence line that is no part of the text: one that closes it at the end is none either. */
  readonly dropsClosingFence: boolean;
}

/** Reads what follows a seam, unit by unit, up to a mark. */
export interface RestReader {
  read(unit: string): string;
  /** What was held back. Called once. */
  end(): string;
  /** The mark that ended the rest. */
  readonly endedBy: keyof ContinuationMarks | undefined;
  /** Whether the model went on behind that mark in the same line: then the mark was part of what it said. */
  readonly hasMore: boolean;
  /** Whether anything but white space was returned. */
  readonly hasText: boolean;
}

const LINE_START = /\n[ \t]*$/;
/** A closing fence with the white space after it, or what has come of it. */
const CLOSING_FENCE = /^(?:`{3,}\s*|`{1,2}$)?/;
/** So much of a mark that is cut off is no text by chance. */
const TELLING_UNITS = 4;

export function createRestReader({ text, marks, dropsClosingFence }: RestReaderOptions): RestReader {
  const fences = createFenceCounter(text);
  // What may be the end is held back: white space, then a closing fence, then the beginning of a mark.
  let space = "";
  let held = "";
  let endedBy: keyof ContinuationMarks | undefined;
  let hasText = false;
  let hasMore = false;
  let isLineOver = false;

  function pass(passed: string): string {
    for (const unit of passed.split("")) fences.read(unit);
    if (passed.trim() !== "") hasText = true;
    return passed;
  }

  function heldFence(): string {
    if (!dropsClosingFence || !LINE_START.test(space)) return "";
    return CLOSING_FENCE.exec(held)?.[0] ?? "";
  }

  function withoutClosingFence(fence: string): string {
    return fence.startsWith("```") && !fences.isOpen ? space.replace(LINE_START, "") : space + fence;
  }

  return {
    read(unit) {
      if (endedBy !== undefined) {
        isLineOver ||= unit === "\n";
        hasMore ||= !isLineOver && unit !== "`" && unit.trim() !== "";
        return "";
      }
      if (held === "" && unit.trim() === "") {
        space += unit;
        return "";
      }
      held += unit;
      let passed = "";
      while (held !== "") {
        const fence = heldFence();
        const mark = held.slice(fence.length);
        if (mark === marks.begin || mark === marks.end) {
          endedBy = mark === marks.end ? "end" : "begin";
          passed += pass(withoutClosingFence(fence).trimEnd());
          space = "";
          held = "";
        } else if (marks.begin.startsWith(mark) || marks.end.startsWith(mark)) break;
        else {
          passed += pass(space + held.charAt(0));
          const left = held.slice(1);
          held = left.trimStart();
          space = left.slice(0, left.length - held.length);
        }
      }
      return passed;
    },
    end() {
      const fence = heldFence();
      const mark = held.slice(fence.length);
      if (mark === "" || mark.length >= TELLING_UNITS) return pass(withoutClosingFence(fence));
      return pass(space + held);
    },
    get endedBy() {
      return endedBy;
    },
    get hasMore() {
      return hasMore;
    },
    get hasText() {
      return hasText;
    },
  };
}
