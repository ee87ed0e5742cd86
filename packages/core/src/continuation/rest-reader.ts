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
  /** Whether the rest begins with what closed the end in the instruction: nobody knows how much more of it is no part of the text. */
  readonly hasTag: boolean;
  /** Whether anything but white space was returned. */
  readonly hasText: boolean;
}

/** It closes the end that the instruction asks for. */
const END_TAG = "</end>";
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
  /** What has come, as long as it may be the tag. */
  let opening: string | undefined = text.includes(END_TAG) ? undefined : "";
  let hasTag = false;

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

  function readRest(unit: string): string {
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
  }

  /** What may be the tag, and is none. */
  function readOpening(): string {
    const begun = opening ?? "";
    opening = undefined;
    return begun.split("").map(readRest).join("");
  }

  return {
    read(unit) {
      if (hasTag) return "";
      if (opening === undefined) return readRest(unit);
      opening += unit;
      hasTag = opening === END_TAG;
      return END_TAG.startsWith(opening) ? "" : readOpening();
    },
    end() {
      if (hasTag) return "";
      const begun = readOpening();
      const fence = heldFence();
      const mark = held.slice(fence.length);
      if (mark === "" || mark.length >= TELLING_UNITS) return begun + pass(withoutClosingFence(fence));
      return begun + pass(space + held);
    },
    get endedBy() {
      return endedBy;
    },
    get hasMore() {
      return hasMore;
    },
    get hasTag() {
      return hasTag;
    },
    get hasText() {
      return hasText;
    },
  };
}
