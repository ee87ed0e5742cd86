/** A run of this many characters that a text shares with the key is a piece of it: of a key that was cut anywhere no more is shown. */
const PIECE = 8;
/** A shorter "key" is a placeholder for a sandbox, and a part of ordinary words. */
const LEAST_KEY = 6;

/**
 * A text of a server's with the key, and every longer piece of it, taken out: servers cut what they quote, and so do we. To be done before
 * anything is cut off the text. A key of less than eight characters is looked for as a whole. Letters count in either case: some servers
 * write what they quote in another.
 */
export function hideKey(text: string, apiKey: string): string {
  if (apiKey.length < LEAST_KEY) return text;
  const size = Math.min(PIECE, apiKey.length);
  const pieces: Set<string> = new Set();
  // In an address the key may stand as it is written there.
  for (const form of [apiKey, encodeURIComponent(apiKey)].map(small))
    for (let at = 0; at + size <= form.length; at += 1) pieces.add(form.slice(at, at + size));
  const searched = small(text);
  let shown = "";
  let end = 0;
  let isInRun = false;
  for (let at = 0; at + size <= text.length; at += 1) {
    if (!pieces.has(searched.slice(at, at + size))) continue;
    // Pieces that overlap or touch are one run.
    if (!isInRun || at > end) shown += `${text.slice(end, at)}[key]`;
    isInRun = true;
    end = at + size;
  }
  return shown + text.slice(end);
}

/** Of the same length, which `toLowerCase` of other letters is not: those of a key are ASCII's. */
function small(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** Whether a text holds the key, or a longer piece of it. */
export function holdsKey(text: string, apiKey: string): boolean {
  return hideKey(text, apiKey) !== text;
}
