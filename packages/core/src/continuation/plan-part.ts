import type { LongChoiceOptions } from "./choice-types.js";
import { findAnchor } from "./find-anchor.js";
import type { FollowUp } from "./follow-up.js";
import { type ContinuedText, marksFor } from "./instruction.js";
import { createJoining, type Joining } from "./joining.js";
import { createJSONText } from "./json-text.js";
import { createSeam } from "./seam.js";
import type { Strand } from "./strands.js";

/** A part that goes on with a strand: how it is asked for, and how it is joined. */
export interface PlannedPart {
  readonly followUp: FollowUp;
  readonly joining: Joining;
}

/** What the part is to go on with. */
export interface PartStart {
  readonly strand: Strand;
  /** What the model is shown of it. */
  readonly shown: string;
  /** Model tokens that the caller's own limit leaves. */
  readonly left: number | undefined;
  /** As the text before has taken them. */
  readonly tokensPerCharacter: number;
  /** It was asked for before, without success. */
  readonly insist: boolean;
}

/** @returns `closed` where JSON is whole already, `repeating` where no end of the text could be asked for */
export function planPart(
  { strand, shown, left, tokensPerCharacter, insist }: PartStart,
  { begun, json, stops, takesPrefill, takesUnproved }: LongChoiceOptions,
): PlannedPart | "closed" | "repeating" {
  const { call } = strand;
  const isAnswer = call === undefined && json === undefined;
  const what: ContinuedText = call !== undefined ? { tool: call.name } : isAnswer ? "answer" : "json";
  const text = call === undefined ? begun + shown : shown;
  const scanner = isAnswer ? undefined : createJSONText(text);
  if (scanner?.isClosed === true) return "closed";
  const joined = { strand, shown, json: scanner, stops: call === undefined ? stops : [] };
  if (takesPrefill) {
    return {
      followUp: { kind: "prefill", text: shown, what, maxTokens: left },
      joining: createJoining({ ...joined, seam: undefined }),
    };
  }
  const anchor = findAnchor(text);
  if (anchor === undefined) return "repeating";
  const marks = marksFor(text);
  // What the echo takes is beside the caller's limit.
  const maxTokens = left === undefined ? undefined : left + Math.floor(anchor.length * tokensPerCharacter);
  const seam = createSeam({ text, anchor, marks, isPlainAllowed: takesUnproved && isAnswer });
  return {
    followUp: { kind: "instruction", text: shown, what, anchor, marks, insist, maxTokens },
    joining: createJoining({ ...joined, seam }),
  };
}
