/** A run of this many characters that a text shares with the key is a piece of it: of a key that was cut anywhere no more is shown. */
const PIECE = 8;
/** A shorter "key" is a placeholder for a sandbox, and a part of ordinary words. */
const LEAST_KEY = 6;

/**
 * A text of a server's with the key, and every longer piece of it, taken out: servers cut what they quote, and so do we. To be done before
 * anything is cut off the text. A key of less than eight characters is looked for as a whole.
 */
export function hideKey(text: string, apiKey: string): string {
  if (apiKey.length < LEAST_KEY) return text;
  const size = Math.min(PIECE, apiKey.length);
  const pieces: Set<string> = new Set();
  // In an address the key may stand as it is written there, by some servers with small hexadecimal digits.
  const inAddress = encodeURIComponent(apiKey);
  for (const form of [apiKey, inAddress, inAddress.replace(/%../g, (byte) => byte.toLowerCase())])
    for (let at = 0; at + size <= form.length; at += 1) pieces.add(form.slice(at, at + size));
  let shown = "";
  let end = 0;
  let isInRun = false;
  for (let at = 0; at + size <= text.length; at += 1) {
    if (!pieces.has(text.slice(at, at + size))) continue;
    // Pieces that overlap or touch are one run.
    if (!isInRun || at > end) shown += `${text.slice(end, at)}[key]`;
    isInRun = true;
    end = at + size;
  }
  return shown + text.slice(end);
}

/** Whether a text holds the key, or a longer piece of it. */
export function holdsKey(text: string, apiKey: string): boolean {
  return hideKey(text, apiKey) !== text;
}
