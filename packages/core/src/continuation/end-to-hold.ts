/**
 * How many UTF-16 units at the end of a cut text must neither be passed on nor be sent back yet: white space, which a model can't be shown
 * at the end of its answer, and whatever is not whole. The next part brings it.
 */
export function endToHold(text: string, isJSON: boolean): number {
  let end = text.length;
  for (let held = end; ; held = end) {
    end = withoutBrokenEnd(text, end);
    if (isJSON) end = withoutBrokenEscape(text, end);
    if (end === held) return text.length - end;
  }
}

/** Cut bytes of a character arrive as U+FFFD. */
function withoutBrokenEnd(text: string, from: number): number {
  let end = from;
  while (end > 0 && /[\s\ufffd\ud800-\udbff]/.test(text.charAt(end - 1))) end--;
  return end;
}

const LONGEST_ESCAPE = 6;
const BROKEN_ESCAPE = /^\\(?:u[0-9a-fA-F]{0,3})?$/;
/** Of a character outside the first 65,536: the second half, an escape too, belongs to it. */
const FIRST_HALF = /^\\u[dD][89abAB][0-9a-fA-F]{2}$/;

function withoutBrokenEscape(text: string, end: number): number {
  const tail = text.slice(Math.max(0, end - LONGEST_ESCAPE), end);
  const backslash = tail.lastIndexOf("\\");
  if (backslash === -1) return end;
  const cut = tail.slice(backslash);
  if (!BROKEN_ESCAPE.test(cut) && !FIRST_HALF.test(cut)) return end;
  const start = end - cut.length;
  let first = start;
  while (first > 0 && text[first - 1] === "\\") first--;
  // After an odd number of backslashes before it, this one is the second of an escaped backslash.
  return (start - first) % 2 === 0 ? start : end;
}
