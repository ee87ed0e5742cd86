import type { HabitOptions, LongTextKind } from "@laplas/sandbox";

/** What a caller may expect of a model that is asked to go on. */
export type Promised =
  /** The whole rest comes: the answer is the uncut one where what was said again proves the seam, else it is cut. */
  | "whole"
  /** The rest does not come, or nothing is said again: the answer is cut. */
  | "cut"
  /** The model ends its answer where it likes, or in other words: that is what the caller gets. */
  | "as said";

export interface HabitRow {
  readonly name: string;
  readonly promised: Promised;
  /** What the model does in answer `index` of the hundred. */
  readonly habit: (index: number) => HabitOptions;
  /** Of what the model says otherwise: whether an answer reported as complete is what it said. */
  readonly isSaid?: (said: string, whole: string, kind: LongTextKind) => boolean;
}

const always = (habit: HabitOptions) => (): HabitOptions => habit;
const isJSON = (kind: LongTextKind): boolean => kind === "list" || kind === "file";

export const HABITS: readonly HabitRow[] = [
  { name: "repeats", promised: "whole", habit: always({ kind: "repeats" }) },
  { name: "without the mark", promised: "whole", habit: always({ kind: "withoutMark" }) },
  {
    name: "repeats 1 to 40 words",
    promised: "whole",
    habit: (index) => ({ kind: "repeatsWords", words: 1 + (index % 40) }),
  },
  { name: "remark before the mark", promised: "whole", habit: always({ kind: "remark" }) },
  { name: "remark instead of the mark", promised: "whole", habit: always({ kind: "remark", instead: true }) },
  { name: "blank lines", promised: "whole", habit: always({ kind: "blankLines" }) },
  { name: "fence", promised: "whole", habit: (index) => ({ kind: "fence", closes: index % 2 === 1 }) },
  { name: "echoes more", promised: "whole", habit: (index) => ({ kind: "echoesMore", words: 1 + (index % 12) }) },
  { name: "echoes less", promised: "whole", habit: always({ kind: "echoesLess" }) },
  {
    name: "same again, the last piece",
    promised: "whole",
    habit: (index) => ({ kind: "sameAgain", last: 10 + 2 * index }),
  },
  { name: "reports a cut call as a call", promised: "whole", habit: always({ kind: "toolCalls" }) },
  {
    name: "ends exactly at the cap",
    promised: "as said",
    habit: always({ kind: "exactCap" }),
    isSaid: (said, whole, kind) => (isJSON(kind) ? said === whole : whole.startsWith(said)),
  },
  { name: "same again, from its start", promised: "cut", habit: always({ kind: "sameAgain" }) },
  { name: "mark only", promised: "cut", habit: always({ kind: "markOnly" }) },
  { name: "ignores", promised: "cut", habit: (index) => ({ kind: "ignores", trimmed: index % 2 === 1 }) },
  { name: "restarts", promised: "cut", habit: always({ kind: "restarts" }) },
  { name: "other place", promised: "cut", habit: (index) => ({ kind: "otherPlace", ahead: index % 2 === 1 }) },
  { name: "changes its mind in the echo", promised: "cut", habit: always({ kind: "changesMind" }) },
  {
    name: "changes its mind behind it",
    promised: "as said",
    habit: always({ kind: "changesMind", after: "echo" }),
    // The same numbers in other words: no reader could know what else was meant.
    isSaid: () => true,
  },
  { name: "empty", promised: "cut", habit: always({ kind: "empty" }) },
  { name: "thinks", promised: "cut", habit: always({ kind: "thinks" }) },
  {
    name: "stops early",
    promised: "as said",
    habit: always({ kind: "stopsEarly" }),
    isSaid: (said, whole, kind) => isJSON(kind) || whole.startsWith(said),
  },
  {
    name: "says that nothing is missing",
    promised: "as said",
    habit: always({ kind: "stopsEarly", says: "endMark" }),
    // Half a JSON text is not whole, whatever the model says. Half a character at the end is what it has said.
    isSaid: (said, whole, kind) => !isJSON(kind) && whole.startsWith(said.replace(/\ufffd+$/, "")),
  },
];
