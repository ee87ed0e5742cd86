import type { ChatTurn } from "../chat/chat-request.js";

/** How a client wants a continuation to begin and to say that nothing is missing. */
export interface FollowUpForm {
  mark: string;
  /** The end of the answer so far, to be said again. */
  anchor: string;
  endMark: string;
}

/** A request to go on with an answer that was cut. */
export interface FollowUp {
  /** The turns before the answer so far. */
  conversation: readonly ChatTurn[];
  /** What was said until now, as it came. */
  soFar: string;
  /** Undefined for a prefill: the answer so far is the last message, and nothing is asked. */
  form: FollowUpForm | undefined;
}

const markPattern = /<<<[A-Z0-9][A-Z0-9 ]*>>>/g;

/** Reads a follow-up: an assistant's last word, with or without the instruction behind it. */
export function readFollowUp(turns: readonly ChatTurn[]): FollowUp | undefined {
  const last = turns.at(-1);
  const form = last?.role === "user" ? readForm(last.text) : undefined;
  const said = form ? turns.slice(0, -1) : turns;
  const start = said.findLastIndex((turn) => turn.role !== "assistant" || turn.toolCalls.length > 0) + 1;
  if (start === said.length) return undefined;
  const soFar = said
    .slice(start)
    .map((turn) => turn.text)
    .join("");
  return soFar.trim() === "" ? undefined : { conversation: said.slice(0, start), soFar, form };
}

/** The first mark, what stands between the first `<end>` after it and the last `</end>`, and the last mark. */
function readForm(instruction: string): FollowUpForm | undefined {
  const marks = [...instruction.matchAll(markPattern)];
  const mark = marks[0];
  const endMark = marks.at(-1)?.[0];
  if (mark === undefined || endMark === undefined || endMark === mark[0]) return undefined;
  const start = instruction.indexOf("<end>", mark.index);
  const end = instruction.lastIndexOf("</end>");
  if (start < 0 || end < start + "<end>".length) return undefined;
  return { mark: mark[0], anchor: instruction.slice(start + "<end>".length, end), endMark };
}
