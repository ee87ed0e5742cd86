import { type EchoStart, echoStarts } from "./echo-starts.js";
import { followsSameEnd, uniqueEndLength, uniqueWholeLength } from "./unique-end.js";

/** An echo shorter than this proves nothing by itself. */
const SHORTEST_PROOF = 16;
const LONGEST_PROOF = 240;

export interface EchoFinderOptions {
  readonly text: string;
  readonly anchor: string;
  /** The begin mark. */
  readonly begin: string;
}

export interface Echo extends EchoStart {
  /** Whether it is all that was asked for, or more. */
  readonly isWhole: boolean;
}

export interface EchoFinder {
  /** The echo that what is held ends with, if it proves the seam. */
  find(held: string): Echo | undefined;
  /** The ways to read what is held as the text again, from its start on. */
  restarts(held: string): EchoStart[];
  /** Whether what is held says the end of the text again, in whatever place. */
  mentionsEnd(held: string): boolean;
  starts(held: string): EchoStart[];
}

export function createEchoFinder({ text, anchor, begin }: EchoFinderOptions): EchoFinder {
  const bare = text.trimStart();
  const isShort = bare.length < SHORTEST_PROOF;
  const length = isShort ? uniqueWholeLength(bare) : uniqueEndLength(text, SHORTEST_PROOF, LONGEST_PROOF);
  const proof = length ? text.slice(-length) : undefined;

  /** Such a line before an echo is no remark: the text goes on, and says a line again. */
  function isTextLine(line: string): boolean {
    return text.includes(line) || (proof !== undefined && line.includes(proof));
  }

  function starts(held: string): EchoStart[] {
    return echoStarts(held, begin, isTextLine);
  }

  function mayBe(start: EchoStart, echo: string): boolean {
    if (proof === undefined || echo.length < proof.length || !text.endsWith(echo)) return false;
    if (isShort) return start.after === "mark";
    // A line before it may be the text itself, and a refrain follows: so here it has to be exactly what was asked for.
    return start.after !== "remark" || echo.trimStart() === anchor || echo.trimStart() === bare;
  }

  return {
    find(held) {
      if (proof === undefined || !held.endsWith(proof)) return undefined;
      const echoes = starts(held).map((start) => ({ start, echo: held.slice(start.at) }));
      const asked = echoes.find(({ start, echo }) => echo === anchor && mayBe(start, echo));
      // As the beginning of the anchor or of the text, what was said may still become another echo, a longer one.
      if (asked === undefined && echoes.some(({ echo }) => isBeginning(echo, anchor) || isBeginning(echo, bare))) {
        return undefined;
      }
      let found: Echo | undefined = asked && { ...asked.start, isWhole: true };
      for (const { start, echo } of echoes) {
        if (!mayBe(start, echo)) continue;
        if (followsSameEnd(text, text.length - echo.length)) return undefined;
        found ??= { ...start, isWhole: echo.length >= anchor.length };
      }
      return found;
    },
    restarts(held) {
      if (proof === undefined) return [];
      return starts(held).filter(({ at }) => isBeginning(held.slice(at), bare));
    },
    mentionsEnd: (held) => proof === undefined || (!isShort && held.includes(text.slice(-SHORTEST_PROOF))),
    starts,
  };
}

function isBeginning(echo: string, of: string): boolean {
  return echo !== "" && echo.length < of.length && of.startsWith(echo);
}
