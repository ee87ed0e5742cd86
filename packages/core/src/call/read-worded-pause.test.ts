import { expect, test } from "vitest";
import { readWordedPause } from "./read-worded-pause.js";

test.each([
  ["Rate limit reached for model `m`. Please try again in 7.66s. Need more tokens?", 7_660],
  ["Please try again in 2m59.56s.", 179_560],
  ["Please try again in 6ms.", 6],
  ["Please retry in 36.412345678s.", 36_413],
  ["You exceeded your quota.\nPlease retry in 1h2m3s", 3_723_000],
  ["Retry after 30 seconds", 30_000],
  ["Too many requests: RETRYING IN 5 SECS", 5_000],
  ["try again in 20 minutes, please", 1_200_000],
  ["Try again after 1 minute and 30 seconds.", 90_000],
  ["retry again in 2 hours, 5 mins", 7_500_000],
  ["try again in about 250 milliseconds", 250],
  ["Retry in 0s, or try again in 3s", 3_000],
])("%j is a pause of %d ms", (message, ms) => {
  expect(readWordedPause(message)).toBe(ms);
});

test.each([
  "",
  "Try again in a minute",
  "Please retry in 0s.",
  "Retry in 3 attempts",
  "retry in 30",
  "You used 30s of 60s",
  "Limit 5 requests in 10 minutes",
  "retry in 99999999 hours",
  "Resets in 30s",
])("%j names none", (message) => {
  expect(readWordedPause(message)).toBeUndefined();
});
