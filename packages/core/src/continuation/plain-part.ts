import { hasOpenFence } from "./fence.js";
import type { EchoFinder } from "./find-echo.js";
import type { ContinuationMarks } from "./instruction.js";

const SHORTEST_OVERLAP = 6;
const TELLING_START = 16;

/**
 * Whether the beginning of a part that has no echo may be taken as the rest of the text, without proof: it follows no form, does not begin
 * the text again and repeats none of its end.
 */
export function isPlainPart(held: string, text: string, marks: ContinuationMarks, finder: EchoFinder): boolean {
  const body = held.trimStart();
  const bare = text.trimStart();
  if (body === "" || held.includes(marks.begin) || held.includes(marks.end) || finder.mentionsEnd(held)) return false;
  if (body.startsWith(bare.slice(0, TELLING_START)) || bare.startsWith(body)) return false;
  if (body.startsWith("```") && hasOpenFence(text)) return false;
  return !finder.starts(held).some(({ at }) => overlaps(text, held.slice(at).trimStart()));
}

function overlaps(text: string, start: string): boolean {
  for (let length = SHORTEST_OVERLAP; length <= Math.min(text.length, start.length); length++) {
    if (text.endsWith(start.slice(0, length))) return true;
  }
  return false;
}
