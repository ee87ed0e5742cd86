import { type EchoStart, LATEST_MARK } from "./echo-starts.js";
import { createEchoFinder, type Echo } from "./find-echo.js";
import type { ContinuationMarks } from "./instruction.js";
import { isPlainPart } from "./plain-part.js";
import { createRestReader, type RestReader } from "./rest-reader.js";

export interface SeamOptions {
  /** The answer so far, as the model is shown it. */
  readonly text: string;
  /** The end of `text` that the model was asked to repeat. */
  readonly anchor: string;
  readonly marks: ContinuationMarks;
  /** Also take a part without an echo, if it overlaps the text nowhere. */
  readonly isPlainAllowed: boolean;
}

export type SeamProof =
  /** The part repeated an end of the text: what follows it is the rest. */
  | "echo"
  /** Taken without an echo, as `isPlainAllowed` asks. */
  | "unproved"
  /** The model says that the text is whole. */
  | "nothing_missing"
  /** Nothing of the part may be joined. */
  | "no_proof";

export interface SeamEnd {
  /** What was held back and belongs to the text. */
  readonly rest: string;
  readonly seam: SeamProof;
}

/** The reader of one follow-up part: finds where the part goes on behind the text. */
export interface Seam {
  /** Takes the next piece of the part; returns what surely follows the text. */
  read(piece: string): string;
  /** The part has ended. Called once. */
  end(): SeamEnd;
  /** Whether what `read` returns is joined with proof. */
  readonly isProved: boolean;
  /** Whether anything but white space has been returned. */
  readonly hasNew: boolean;
  /**
   * Whether the begin mark came again behind the seam, text behind the end mark, or the tag that closed the end in the instruction. It and all behind it was dropped: it may be said twice,
   * or be part of the text. So the text is not complete, whatever the part's `finish_reason` says.
   */
  readonly isBroken: boolean;
}

/** What may be held back beside the anchor. */
const HELD_BESIDE_ANCHOR = 300;

export function createSeam({ text, anchor, marks, isPlainAllowed }: SeamOptions): Seam {
  const finder = createEchoFinder({ text, anchor, begin: marks.begin });
  const mostHeld = anchor.length + HELD_BESIDE_ANCHOR;
  const latestMarkEnd = Math.min(LATEST_MARK + marks.begin.length, mostHeld);
  let held = "";
  let decision: SeamProof | undefined;
  let saysWhole = false;
  // Without the mark before it, an echo counts once the mark can't come any more: a remark may quote the end of the text.
  let unmarked: { readonly echo: Echo; readonly end: number } | undefined;
  // What says the whole text again is compared with it, not kept.
  let restarts: { readonly start: EchoStart; readonly said: number }[] | undefined;
  let isWholeEcho = false;
  let rest: RestReader | undefined;

  function take(proof: "echo" | "unproved", from: string, hasFence: boolean): string {
    decision = proof;
    const reader = createRestReader({ text, marks, dropsClosingFence: hasFence });
    rest = reader;
    held = "";
    return readUnits(from, reader.read);
  }

  function takeEcho({ hasFence, isWhole }: Echo, from: string): string {
    isWholeEcho = isWhole;
    return take("echo", from, hasFence);
  }

  function giveUp(): string {
    if (unmarked !== undefined) return takeEcho(unmarked.echo, held.slice(unmarked.end));
    if (!saysWhole && isPlainAllowed && isPlainPart(held, text, marks, finder)) return take("unproved", held, false);
    decision = saysWhole ? "nothing_missing" : "no_proof";
    held = "";
    return "";
  }

  function readRestart(unit: string): string {
    const bare = text.trimStart();
    restarts = restarts
      ?.filter(({ said }) => bare[said] === unit)
      .map(({ start, said }) => ({ start, said: said + 1 }));
    const whole = restarts?.find(({ said }) => said === bare.length);
    if (whole !== undefined) return takeEcho({ ...whole.start, isWhole: true }, "");
    if (restarts?.length === 0) decision = "no_proof";
    return "";
  }

  function readHeld(unit: string): string {
    held += unit;
    if (held.endsWith(marks.begin)) {
      unmarked = undefined;
      saysWhole = false;
    } else if (held.endsWith(marks.end)) {
      saysWhole ||= isNothing(held.slice(0, -marks.end.length), marks.begin);
    } else if (unmarked === undefined && !saysWhole) {
      const echo = finder.find(held);
      if (echo?.after === "mark") return takeEcho(echo, "");
      if (echo !== undefined) unmarked = { echo, end: held.length };
    }
    if (unmarked !== undefined && held.length >= latestMarkEnd) return giveUp();
    if (held.length < mostHeld) return "";
    if (unmarked === undefined && !saysWhole) {
      restarts = finder.restarts(held).map((start) => ({ start, said: held.length - start.at }));
      if (restarts.length > 0) {
        held = "";
        return "";
      }
      restarts = undefined;
    }
    return giveUp();
  }

  function readUnit(unit: string): string {
    if (rest !== undefined) return rest.read(unit);
    if (decision !== undefined) return "";
    return restarts === undefined ? readHeld(unit) : readRestart(unit);
  }

  return {
    read: (piece) => readUnits(piece, readUnit),
    end() {
      if (restarts !== undefined) decision ??= "no_proof";
      const released = decision === undefined ? giveUp() : "";
      const seam = decision ?? "no_proof";
      if (rest === undefined) return { rest: "", seam };
      const all = released + rest.end();
      const isNothingMissing = seam === "echo" && isWholeEcho && rest.endedBy === "end" && !rest.hasText;
      return isNothingMissing ? { rest: "", seam: "nothing_missing" } : { rest: all, seam };
    },
    get isProved() {
      return decision === "echo";
    },
    get hasNew() {
      return rest?.hasText ?? false;
    },
    get isBroken() {
      return rest?.endedBy === "begin" || rest?.hasMore === true || rest?.hasTag === true;
    },
  };
}

/** One UTF-16 unit after the other, so that the result can't depend on how the part was cut into pieces. */
function readUnits(piece: string, read: (unit: string) => string): string {
  let passed = "";
  for (let at = 0; at < piece.length; at++) passed += read(piece.charAt(at));
  return passed;
}

/** Whether before the end mark stands nothing that would be text. */
function isNothing(before: string, begin: string): boolean {
  const said = before.trim();
  const unmarked = said.startsWith(begin) ? said.slice(begin.length).trim() : said;
  return /^(?:`{3,}[^`\n]*)?$/.test(unmarked);
}
