import { firstStop } from "../dialect/find-stop.js";
import type { SeamKind } from "./ended.js";
import type { JSONText } from "./json-text.js";
import type { Seam } from "./seam.js";
import type { Strand } from "./strands.js";

/** A follow-up as it comes, joined to what it goes on with. */
export interface Joining {
  read(content: string): void;
  /** The part is over, or says no more of this strand. */
  end(): SeamKind;
  /** Whether more than white space has come behind the seam. */
  readonly hasNew: boolean;
  /** Whether nothing that follows belongs to the answer: its JSON is closed, or a stop has come. */
  readonly isOver: boolean;
  /** Whether the model began its follow-up once more: what it says is cut there, whatever it ends with. */
  readonly isBroken: boolean;
  /** Whether {@link end} was called. */
  readonly isEnded: boolean;
  /** Characters that came, echo and all. */
  readonly characters: number;
}

export interface JoiningOptions {
  readonly strand: Strand;
  /** What the model was shown of it. */
  readonly shown: string;
  /** How it is known where the part goes on; absent of a prefill, which goes on at once. */
  readonly seam: Seam | undefined;
  /** Where the strand is JSON. */
  readonly json: JSONText | undefined;
  /** Of a text: they may lie across the seam. */
  readonly stops: readonly string[];
}

export function createJoining({ strand, shown, seam, json, stops }: JoiningOptions): Joining {
  const longestStop = Math.max(0, ...stops.map(({ length }) => length));
  let isJoined = false;
  let isOver = false;
  let characters = 0;
  let hasPrefilled = false;
  let ended: SeamKind | undefined;

  const join = (piece: string): void => {
    if (piece === "" || isOver) return;
    let text = piece;
    if (!isJoined) {
      isJoined = true;
      const held = strand.said.slice(shown.length);
      strand.said = shown;
      // The model was not shown the white space at the end, and may go on as if it had been.
      if (held.trim() === "" && text.trimStart() === text) text = held + text;
    }
    strand.said += json === undefined ? text : json.read(text);
    if (json?.isClosed === true) isOver = true;
    const from = Math.max(0, shown.length - longestStop);
    const stop = firstStop(strand.said.slice(from), stops);
    if (stop === -1) return;
    strand.said = strand.said.slice(0, from + stop);
    isOver = true;
  };

  return {
    get hasNew() {
      return seam === undefined ? hasPrefilled : seam.hasNew;
    },
    get isOver() {
      return isOver;
    },
    get isBroken() {
      return seam?.isBroken === true;
    },
    get isEnded() {
      return ended !== undefined;
    },
    get characters() {
      return characters;
    },
    read(content) {
      characters += content.length;
      hasPrefilled ||= content.trim() !== "";
      join(seam === undefined ? content : seam.read(content));
    },
    end() {
      if (ended !== undefined) return ended;
      if (seam === undefined) ended = "prefill";
      else {
        const { rest, seam: found } = seam.end();
        join(rest);
        ended = found === "no_proof" ? "none" : found;
      }
      return ended;
    },
  };
}
