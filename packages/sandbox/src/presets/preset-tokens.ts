/** Model tokens of a text, as one preset counts them. */
export type CountTokens = (text: string) => number;

/**
 * A ratio for each text, at most `spread` (0.15) above or below one token per four UTF-16 units: servers have tokenizers of
 * their own, and a client's estimate must live with that. The same text always has the same count.
 */
export function createTokenCounter(spread = 0.15): CountTokens {
  if (!(spread >= 0 && spread < 1)) throw new TypeError("tokenSpread must be a number from 0 to below 1");
  return (text) => {
    const usual = Math.ceil(text.length / 4);
    const ratio = 1 + spread * shareOf(text);
    const least = Math.ceil(usual * (1 - spread));
    const most = Math.floor(usual * (1 + spread));
    return Math.min(Math.max(Math.round(usual * ratio), least), most);
  };
}

/** A number from -1 to 1 that only the text decides: FNV-1a over its UTF-16 units, with the bits mixed once more. */
function shareOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d);
  hash = Math.imul(hash ^ (hash >>> 15), 0x846ca68b);
  return ((hash ^ (hash >>> 16)) >>> 0) / 0x7fffffff - 1;
}
