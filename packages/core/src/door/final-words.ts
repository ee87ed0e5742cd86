import { withoutRetryWords } from "../errors/quote.js";

/** Digits by which opencode 1.18 takes any error body for one to retry, whatever its status: the `500` of 50000 is enough. */
const RETRY_NUMBERS = /429|50[0234]|524/;

/**
 * The message of a quota that is used up, for a client that is to stop at it: what holds a number that makes agents retry goes, and the
 * sentence stays whole. Counts in parentheses go first, then fractions of a second, then sentences of advice.
 */
export function finalWords(message: string): string {
  if (!isRetried(message)) return message;
  const words = message
    .replace(/ \([^()]*\)/g, unlessRetried)
    .replace(/\.\d{3}(?=Z)/g, unlessRetried)
    .split(/(?<=\.) /)
    .filter((sentence, index) => index === 0 || !isRetried(sentence))
    .join(" ");
  // A tier's title may be any text.
  return withoutRetryWords(words.replace(new RegExp(RETRY_NUMBERS, "g"), "…"));
}

function unlessRetried(part: string): string {
  return isRetried(part) ? "" : part;
}

function isRetried(text: string): boolean {
  return RETRY_NUMBERS.test(text) || withoutRetryWords(text) !== text;
}
