import type { ContinuationMarks } from "./instruction.js";

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
}

export function createSeam({ anchor }: SeamOptions): Seam {
  return {
    read: () => "",
    end: () => ({ rest: "", seam: anchor === "" ? "no_proof" : "no_proof" }),
    isProved: false,
    hasNew: false,
  };
}
