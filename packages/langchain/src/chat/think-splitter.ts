/** What a piece of an answer holds: thoughts, text to the user, or some of both. */
export interface SplitText {
  readonly reasoning: string;
  readonly content: string;
}

/** Takes thoughts out of an answer, piece by piece. */
export interface ThinkSplitter {
  push(text: string): SplitText;
  /** What was held back because it could have been the beginning of a mark. */
  end(): SplitText;
}

const OPEN = "<think>";
const CLOSE = "</think>";

/**
 * Qwen/QwQ-32B thinks inside `content`, between `<think>` and `</think>` and at the very beginning. An answer that is cut
 * while it thinks has no end mark: all of it is thoughts. A mark further on is text of the answer.
 */
export function createThinkSplitter(): ThinkSplitter {
  let place: "start" | "thoughts" | "gap" | "answer" = "start";
  let held = "";
  let thought = false;

  function push(text: string): SplitText {
    let reasoning = "";
    held += text;
    if (place === "start") {
      const begun = held.trimStart();
      if (begun.length < OPEN.length && OPEN.startsWith(begun)) return { reasoning, content: "" };
      place = begun.startsWith(OPEN) ? "thoughts" : "answer";
      if (place === "thoughts") held = begun.slice(OPEN.length);
    }
    if (place === "thoughts") {
      if (!thought) held = held.trimStart();
      const end = held.indexOf(CLOSE);
      // The blank lines before the mark belong to it, so they wait as well.
      const sure = end >= 0 ? held.slice(0, end).trimEnd() : held.slice(0, sureLength(held));
      reasoning = sure;
      thought ||= sure !== "";
      held = end >= 0 ? held.slice(end + CLOSE.length) : held.slice(sure.length);
      if (end >= 0) place = "gap";
    }
    if (place === "gap") {
      held = held.trimStart();
      if (held !== "") place = "answer";
    }
    if (place !== "answer") return { reasoning, content: "" };
    const content = held;
    held = "";
    return { reasoning, content };
  }

  return {
    push,
    end() {
      const rest = held;
      held = "";
      // Of a mark that was cut as well nothing is meant to be read.
      if (place === "thoughts") return { reasoning: rest.slice(0, sureLength(rest)), content: "" };
      return { reasoning: "", content: place === "start" ? rest : "" };
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
