import { expect, it, test } from "vitest";
import { finalWords } from "./final-words.js";

/** What opencode 1.18.33 looks for in a message and in a whole body, read in its program. */
const OPENCODE = /429|500|502|503|504|524|rate limit|rate_limit|too many requests|try again (later|in)/i;

test.each([
  [
    "laplas free tier: daily quota used up (50000 of 50000 API tokens, rule daily). It will reset at 2026-11-30T00:00:02.000Z.",
    "laplas free tier: daily quota used up. It will reset at 2026-11-30T00:00:02.000Z.",
  ],
  [
    "t: daily quota used up (14290 of 20000 API tokens, rule daily). It will reset at 2026-11-30T00:00:02.503Z.",
    "t: daily quota used up. It will reset at 2026-11-30T00:00:02Z.",
  ],
  [
    "t: daily quota used up (the server says so). It will reset at 2026-11-30T00:00:02.000Z. To make a budget last: m-20250219 costs 0.",
    "t: daily quota used up (the server says so). It will reset at 2026-11-30T00:00:02.000Z.",
  ],
  ["500 calls a day: daily quota used up.", "… calls a day: daily quota used up."],
  ["rate limit of mine: daily quota used up.", "… of mine: daily quota used up."],
])("%s: says nothing by which an agent asks again", (message, words) => {
  expect(finalWords(message)).toBe(words);
  expect(words).not.toMatch(OPENCODE);
});

it("leaves a message alone that has no such word", () => {
  const message =
    "t: daily quota used up (16 of 16 API tokens, rule d). It will reset at 2026-11-30T00:00:02.000Z. m costs 0.";
  expect(finalWords(message)).toBe(message);
});
