/**
 * Words by which LiteLLM takes any error body for a rate limit, a time-out or an overflow, whatever its status
 * (its exception mapping reads the text first). A fatal body that holds one is retried.
 */
const RETRY_WORDS: RegExp =
  /429|rate[\s_-]*limit|timed[\s_-]*out|timeout|operation timed|too[\s_-]*large|insufficient[\s_-]*quota|credits exhausted|payment required/gi;
const OVERFLOW_WORDS: RegExp = /context[\s_-]*(?:length|window)/gi;

/** A caller's value as it may stand in a message: one line, short, and free of words that other programs act on. */
export function quote(value: unknown): string {
  const text = typeof value === "string" ? value : (safeJson(value) ?? String(value));
  const line = text.slice(0, 400).replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, " ");
  const short = line.length > 80 ? `${line.slice(0, 77)}...` : line;
  return `"${withoutRetryWords(short)}"`;
}

/**
 * The text with every word that would make a host retry a fatal error taken out. Repeated until none is left.
 *
 * @param keepOverflow for the one error that is an overflow, and should be taken for one
 */
export function withoutRetryWords(text: string, keepOverflow = false): string {
  let current = text;
  // Taking a word out can join two halves of another ("4" + "29"), so the mark stays between them.
  for (let previous = ""; previous !== current; ) {
    previous = current;
    current = current.replace(RETRY_WORDS, "…");
    if (!keepOverflow) current = current.replace(OVERFLOW_WORDS, "…");
  }
  return current;
}

/** JSON can't say NaN, and throws on cycles and big integers. */
function safeJson(value: unknown): string | undefined {
  if (typeof value === "number" || typeof value === "bigint") return String(value);
  try {
    return JSON.stringify(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}
