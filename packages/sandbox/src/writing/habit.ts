/**
 * How a model behaves when it is asked to go on, each with its own options. "Echo" is the end of the answer so far that
 * the follow-up asks for, "mark" its begin mark.
 */
export type HabitOptions =
  /** Obeys: mark, echo, the rest; only the end mark when nothing is missing. */
  | { kind: "repeats" }
  /** Obeys, but for the mark: begins with the echo. */
  | { kind: "withoutMark" }
  /** The mark, then the rest without the echo. */
  | { kind: "markOnly" }
  /** Neither mark nor echo: the rest alone. `trimmed` drops the white space that it begins with. */
  | { kind: "ignores"; trimmed?: boolean }
  /** The last `words` (5) words of the answer so far instead of the echo, no mark, then the rest. 1 to 40 are of interest. */
  | { kind: "repeatsWords"; words?: number }
  /** The mark, `words` (5) words more than asked before the echo, then the rest. */
  | { kind: "echoesMore"; words?: number }
  /** The mark, only the last half of the echo, then the rest. */
  | { kind: "echoesLess" }
  /** A short remark (by the seed, or `text`) on a line of its own before mark and echo; `instead` of the mark. */
  | { kind: "remark"; text?: string; instead?: boolean }
  /** Blank lines before the mark and between it and the echo. */
  | { kind: "blankLines" }
  /**
   * The mark, a fence with a language (`language`, else that of the last fence, else `json` or `text`), echo and rest.
   * `closes` ends the last part with a bare fence, as models do that wrap what they say.
   */
  | { kind: "fence"; language?: string; closes?: boolean }
  /** No mark; the same text again from its start, or from `last` units before its end so far, and on over the cut if there is room. */
  | { kind: "sameAgain"; last?: number }
  /** No mark; a text of the same kind in other words, from its start. */
  | { kind: "restarts" }
  /** The mark, then another place of the text with its own echo and what follows there: an earlier one, or one `ahead`. */
  | { kind: "otherPlace"; ahead?: boolean }
  /**
   * The mark, then other words than it had in mind. `after: "half"` (default): they come after the first half of the echo.
   * `after: "echo"`: after the whole echo and the end of its sentence; numbered sentences go on with the next number, in other
   * words, and so do later parts. (To obey first and fail later, give a list of habits.)
   */
  | { kind: "changesMind"; after?: "half" | "echo" }
  /** Nothing, and a finish reason as if all were said. */
  | { kind: "empty" }
  /**
   * Says it is done before it is. `says: "stop"` (default): mark, echo, one more sentence, line or item (JSON is closed validly),
   * then the end of the turn. `says: "endMark"`: only the end mark.
   */
  | { kind: "stopsEarly"; says?: "stop" | "endMark" }
  /** Obeys, and the text ends exactly at the cap: reported as `length`, although nothing is missing. */
  | { kind: "exactCap" }
  /** Thinks until the cap: no visible text. `reasoning_content` or `<think>` where the model shows its reasoning. */
  | { kind: "thinks" }
  /** Obeys; a call that is cut, the first part's too, is reported as finished, with `finishReason` ("tool_calls"). */
  | { kind: "toolCalls"; finishReason?: "tool_calls" | "stop" };

export type HabitName = HabitOptions["kind"];

/** A habit by its name, or with its options. */
export type Habit = HabitName | HabitOptions;

export const habitNames: readonly HabitName[] = [
  "repeats",
  "withoutMark",
  "markOnly",
  "ignores",
  "repeatsWords",
  "echoesMore",
  "echoesLess",
  "remark",
  "blankLines",
  "fence",
  "sameAgain",
  "restarts",
  "otherPlace",
  "changesMind",
  "empty",
  "stopsEarly",
  "exactCap",
  "thinks",
  "toolCalls",
];
