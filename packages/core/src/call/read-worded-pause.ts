import { readTime } from "./read-time.js";

const ASKED = /\b(?:re-?try(?:ing)?|try again)(?: again)? (?:in|after)(?: about)? (?=\d)/gi;
const PART =
  /(\d{1,9}(?:\.\d{1,12})?) ?(hours?|h|minutes?|mins?|milliseconds?|ms|m|seconds?|secs?|s)(?![a-z])(?:,? and |, | )?/iy;

/** A pause in the words of an error: "Please try again in 2m59.56s", "retry after 30 seconds". @returns milliseconds */
export function readWordedPause(message: string): number | undefined {
  for (const { index, 0: words } of message.matchAll(ASKED)) {
    const ms = readTime(durationAt(message, index + words.length), "duration", 0);
    // No pause is no advice.
    if (ms !== undefined && ms > 0) return ms;
  }
  return undefined;
}

/** As Go writes it. */
function durationAt(message: string, start: number): string {
  PART.lastIndex = start;
  let duration = "";
  for (let part = PART.exec(message); part !== null; part = PART.exec(message)) {
    const [, amount = "", unit = ""] = part;
    duration += amount + (/^m(?:s|illi)/i.test(unit) ? "ms" : unit.charAt(0).toLowerCase());
  }
  return duration;
}
