import { beginningOfStop } from "../dialect/find-stop.js";
import type { ChatAnswerMessage, ChatDelta } from "../request/wire-types.js";
import { endToHold } from "./end-to-hold.js";

type CallDelta = NonNullable<ChatDelta["tool_calls"]>[number];

/** A call whose arguments are being said: how it began, and by what else it is known. */
export interface CalledTool extends Omit<CallDelta, "id"> {
  readonly id: string;
  readonly name: string;
}

/** One thing that an answer says: its text, or the arguments of one call. */
export interface Strand {
  /** Of a call: how it began. */
  readonly call?: CalledTool;
  /** All that the model has said of it. */
  said: string;
  /** Characters that the caller has got. */
  given: number;
}

/** What the caller gets in one event. */
export interface Given {
  content: string;
  readonly calls: CallDelta[];
}

/** What an answer has said so far, and how much of it its caller has got: what a later part may change is held back. */
export interface Strands {
  /** The one that was said last. */
  readonly current: Strand | undefined;
  /** Characters said, in all. */
  readonly length: number;
  /** Calls that have begun. */
  readonly calls: number;
  readContent(content: string, given: Given): void;
  readCalls(calls: readonly CallDelta[], given: Given): void;
  /** Gives what can be given of the current one. */
  give(given: Given): void;
  /** Gives all. */
  giveAll(given: Given): void;
  /** The current one without what can't be shown to a model as the end of its answer. Of a text of white space alone nothing is kept. */
  soundPart(): string | undefined;
  /** All of them as a message has them. */
  readonly message: Pick<ChatAnswerMessage, "content" | "tool_calls">;
}

/** White space without end is passed on. */
const MOST_HELD = 2_000;

/** @param stops the caller's: what may be the beginning of one is held back */
export function createStrands(isJSON: boolean, stops: readonly string[]): Strands {
  const strands: Strand[] = [];
  let current: Strand | undefined;

  const heldOf = ({ call, said }: Strand): number => {
    const end = said.slice(-MOST_HELD);
    if (call !== undefined) return endToHold(end, true);
    return Math.max(endToHold(end, isJSON), beginningOfStop(said, stops));
  };
  /** What is said from here on is this one's: the one before is whole. */
  const turnTo = (call: CalledTool | undefined, given: Given): Strand => {
    let next = strands.find((one) => one.call?.index === call?.index);
    if (next === undefined) {
      next = { ...(call === undefined ? {} : { call }), said: "", given: 0 };
      strands.push(next);
    }
    if (current !== undefined && current !== next) give(current, 0, given);
    current = next;
    return next;
  };

  return {
    get current() {
      return current;
    },
    get length() {
      return strands.reduce((sum, { said }) => sum + said.length, 0);
    },
    get calls() {
      return strands.filter(({ call }) => call !== undefined).length;
    },
    readContent(content, given) {
      if (content === "") return;
      const text = turnTo(undefined, given);
      text.said += content;
      give(text, heldOf(text), given);
    },
    readCalls(calls, given) {
      for (const call of calls) {
        const { arguments: piece = "", ...named } = call.function ?? {};
        const one = turnTo({ ...call, id: call.id ?? "", name: named.name ?? "" }, given);
        if (call.id !== undefined || named.name !== undefined) {
          given.calls.push({ ...call, function: { ...named, arguments: "" } });
        }
        one.said += piece;
        give(one, heldOf(one), given);
      }
    },
    give(given) {
      if (current !== undefined) give(current, heldOf(current), given);
    },
    giveAll(given) {
      for (const one of strands) give(one, 0, given);
    },
    soundPart() {
      if (current !== undefined && current.call === undefined && current.said.trim() === "") {
        strands.splice(strands.indexOf(current), 1);
        current = strands.at(-1);
      }
      return current?.said.slice(
        0,
        current.said.length - endToHold(current.said, isJSON || current.call !== undefined),
      );
    },
    get message() {
      const calls = strands.flatMap(({ call, said }) => {
        if (call === undefined) return [];
        const { index: _, id, name, function: called, ...more } = call;
        return [{ ...more, id, type: "function" as const, function: { ...called, name, arguments: said } }];
      });
      const content = strands.find(({ call }) => call === undefined)?.said ?? null;
      return { content, ...(calls.length === 0 ? {} : { tool_calls: calls }) };
    },
  };
}

export function nothingGiven(): Given {
  return { content: "", calls: [] };
}

/** What was given, as a part of a message. */
export function toDelta({ content, calls }: Given): ChatDelta {
  return { ...(content === "" ? {} : { content }), ...(calls.length === 0 ? {} : { tool_calls: calls }) };
}

/** @param held characters at the end that wait */
function give(strand: Strand, held: number, to: Given): void {
  const end = strand.said.length - held;
  if (end <= strand.given) return;
  const text = strand.said.slice(strand.given, end);
  strand.given = end;
  if (strand.call === undefined) {
    to.content += text;
    return;
  }
  const { index } = strand.call;
  const last = to.calls.at(-1);
  if (last?.index !== index) to.calls.push({ index, function: { arguments: text } });
  else {
    const { function: called } = last;
    to.calls[to.calls.length - 1] = {
      ...last,
      function: { ...called, arguments: (called?.arguments ?? "") + text },
    };
  }
}
