import { endToHold } from "./continuation/end-to-hold.js";
import type { SeamKind } from "./continuation/ended.js";
import { findAnchor } from "./continuation/find-anchor.js";
import { followUpBody } from "./continuation/follow-up.js";
import { marksFor } from "./continuation/instruction.js";
import { createJoining } from "./continuation/joining.js";
import { createSeam } from "./continuation/seam.js";
import type { JsonObject } from "./request/wire-types.js";

/** A request that asks a model to go on with a text, and the reader of its answer. */
export interface TextContinuation<Body = Readonly<Record<string, unknown>>> {
  /** The body of the request. */
  readonly body: Body;
  /** Takes the next piece of the answer. @returns the whole text so far */
  read(piece: string): string;
  /** The answer has ended. Called once. */
  end(): ContinuedAnswer;
}

/** A text after a model was asked to go on with it. */
export interface ContinuedAnswer {
  /** The whole text. */
  readonly text: string;
  /** How the answer was joined: `none` and `nothing_missing` add nothing. */
  readonly seam: SeamKind;
  /** Whether the model began its answer twice: the text is cut where it did, whatever the answer's `finish_reason` says. */
  readonly isBroken: boolean;
}

/** Options of {@link continueText}. */
export interface ContinueTextOptions {
  /** Words the request more firmly, for a model that was asked before and did not go on where the text ends. @default false */
  readonly insist?: boolean;
}

/**
 * Asks for the rest of one answer that a limit has cut, when a person wants it: with `continueAtCap` the engine does the same by itself.
 * An answer without the end that the model was asked to repeat is joined too, unless it overlaps the text somewhere.
 *
 * @param body of the chat completion that was cut, whose `messages` end before that answer
 * @param text the answer
 * @returns `undefined` where the text has no end that stands in it once, as in a loop: nothing would show where an answer goes on
 * @example
 * const request = { model: "gpt-4o-mini", messages: [{ role: "user", content: "Describe the sea" }] };
 * const continuation = continueText(request, "The sea is wide, and its color is");
 * console.log(continuation?.body.messages);
 */
export function continueText<Body extends object>(
  body: Body,
  text: string,
  { insist = false }: ContinueTextOptions = {},
): TextContinuation<Body> | undefined {
  const shown = text.slice(0, text.length - endToHold(text, false));
  const anchor = findAnchor(shown);
  if (anchor === undefined) return undefined;
  const marks = marksFor(shown);
  const strand = { said: text, given: 0 };
  const seam = createSeam({ text: shown, anchor, marks, isPlainAllowed: true });
  const joining = createJoining({ strand, shown, seam, json: undefined, stops: [] });
  return {
    body: followUpBody(body as unknown as JsonObject, {
      kind: "instruction",
      what: "answer",
      text: shown,
      anchor,
      marks,
      insist,
      maxTokens: undefined,
    }) as unknown as Body,
    read(piece) {
      joining.read(piece);
      return strand.said;
    },
    end() {
      const kind = joining.end();
      return { text: strand.said, seam: kind, isBroken: joining.isBroken };
    },
  };
}
