import type { ThinkMarks } from "../catalog/model.js";

/** What a piece of an answer holds: thoughts, text to the user, or some of both. */
export interface SplitText {
  /** Absent where there are no thoughts, empty where there are some but none in this piece. */
  readonly reasoning?: string;
  readonly content: string;
}

/** Takes thoughts out of one answer, piece by piece. */
export interface ThinkSplitter {
  push(text: string): SplitText;
  /** What is known now about text without `<think>`: it is the answer. Returns what was held of it. */
  expectMark(): SplitText;
  /** What was held back. `isCut`: whether the answer ends at its output limit. */
  end(isCut: boolean): SplitText;
  /** Whether a piece comes out as it goes in, and tells nothing: any, or an empty one. */
  passes(isEmpty: boolean): boolean;
}

const OPEN = "<think>";
const CLOSE = "</think>";
const NOTHING: SplitText = { content: "" };

/**
 * Thoughts stand at the beginning of an answer, between `<think>` and the first `</think>`: counting marks that thoughts
 * quote could lose the whole answer. One that is cut while it thinks has no end mark: all of it is thoughts. With marks
 * `start`, `<think>` further on is text of the answer.
 *
 * With marks `end` a text without `<think>` waits for the mark that tells what it is, since a stream can't take back what it
 * has said: before `</think>` it is thoughts, before a late `<think>` or without any mark it is the answer. Without any, and
 * cut, it is thoughts: models that always think are mostly cut while they do.
 */
export function createThinkSplitter(marks: Exclude<ThinkMarks, "none">): ThinkSplitter {
  let place: "start" | "unmarked" | "thoughts" | "gap" | "answer" = "start";
  let mayLackOpen = marks === "end";
  let held = "";
  let tail = "";
  let hasThought = false;

  function push(text: string): SplitText {
    if (place === "answer") return { content: text };
    held += text;
    let content = "";
    if (isAt("start")) readBeginning();
    if (isAt("unmarked")) content = findMark(text);
    // Asked anew each time, because every step may have moved on.
    const reasoning = isAt("thoughts") ? takeThoughts() : undefined;
    if (isAt("gap")) {
      held = held.trimStart();
      if (held !== "") place = "answer";
    }
    const said = content + (isAt("answer") ? takeHeld() : "");
    return reasoning === undefined ? { content: said } : { reasoning, content: said };
  }

  function isAt(wanted: typeof place): boolean {
    return place === wanted;
  }

  function readBeginning(): void {
    const begun = held.trimStart();
    if (begun.startsWith(OPEN)) beginThoughts(begun.slice(OPEN.length));
    else if (!OPEN.startsWith(begun)) place = mayLackOpen ? "unmarked" : "answer";
  }

  /** Looks for the mark that tells what the text is. Returns what comes before late thoughts. */
  function findMark(text: string): string {
    // Not in all that is held: each search would copy the text as a whole.
    const fresh = tail === "" ? held : tail + text;
    tail = fresh.slice(-CLOSE.length);
    if (!fresh.includes(OPEN) && !fresh.includes(CLOSE)) return "";
    const open = held.indexOf(OPEN);
    const close = held.indexOf(CLOSE);
    const isLate = open >= 0 && (close < 0 || open < close);
    const before = isLate ? held.slice(0, open) : "";
    beginThoughts(isLate ? held.slice(open + OPEN.length) : held);
    return before;
  }

  function beginThoughts(rest: string): void {
    held = rest;
    place = "thoughts";
  }

  function takeThoughts(): string {
    if (!hasThought) held = held.trimStart();
    const end = held.indexOf(CLOSE);
    // The blank lines before the mark belong to it, so they wait as well.
    const sure = end >= 0 ? held.slice(0, end).trimEnd() : held.slice(0, sureLength(held));
    hasThought ||= sure !== "";
    held = end >= 0 ? held.slice(end + CLOSE.length) : held.slice(sure.length);
    if (end >= 0) place = "gap";
    return sure;
  }

  function takeHeld(): string {
    const rest = held;
    held = "";
    return rest;
  }

  return {
    push,
    passes: (isEmpty) => place === "answer" || (isEmpty && place === "start"),
    expectMark() {
      mayLackOpen = false;
      if (place !== "unmarked") return NOTHING;
      place = "answer";
      return { content: takeHeld() };
    },
    end(isCut) {
      const ended = place;
      place = "answer";
      const rest = takeHeld();
      // Of a mark that was cut as well nothing is meant to be read.
      if (ended === "thoughts") return { reasoning: rest.slice(0, sureLength(rest)), content: "" };
      if (ended === "unmarked" && isCut) return { reasoning: rest.slice(0, sureLength(rest)).trimStart(), content: "" };
      return ended === "gap" ? NOTHING : { content: rest };
    },
  };
}

/** Length of the text without what may become white space and an end mark. */
function sureLength(text: string): number {
  for (let length = Math.min(CLOSE.length - 1, text.length); length > 0; length -= 1) {
    if (text.endsWith(CLOSE.slice(0, length))) return text.slice(0, -length).trimEnd().length;
  }
  return text.trimEnd().length;
}
