import type { ReadRequest } from "../request/read-request.js";
import { promptTexts } from "../request/text-of.js";

/** No tokenizer has much fewer tokens than this for text of any language. */
const MOST_CHARACTERS_PER_TOKEN = 8;
/** But a run of one character may be few tokens: blanks, dashes, padding. */
const RUN_PER_TOKEN = 16;

/** Model tokens that a request's prompt has at least: what even a low estimate calls too long is too long. */
export function leastTokens(request: ReadRequest): number {
  let tokens = 0;
  for (const text of promptTexts(request)) tokens += leastTokensOf(text);
  return Math.floor(tokens);
}

/** The same of one text, not rounded. */
export function leastTokensOf(text: string): number {
  // Most prompts are far from any limit, and looking for runs takes a pass over the text.
  let tokens = 0;
  let at = 0;
  while (at < text.length) {
    const character = text.charCodeAt(at);
    let end = at + 1;
    while (end < text.length && text.charCodeAt(end) === character) end += 1;
    const length = end - at;
    tokens += length >= RUN_PER_TOKEN ? length / (RUN_PER_TOKEN * MOST_CHARACTERS_PER_TOKEN) : length / MOST_CHARACTERS_PER_TOKEN;
    at = end;
  }
  return tokens;
}
