import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import type { TimeFormat } from "../provider/signals.js";
import { readRetryAfter, readTime } from "./read-time.js";

const NOW = Date.parse("2026-03-10T12:00:00.000Z");
const MOST_MS = 62 * 86_400_000;
const FORMATS: readonly TimeFormat[] = ["duration", "seconds", "epoch-milliseconds", "epoch-seconds", "date"];
const pauses = fc.integer({ min: 0, max: MOST_MS });
const wholeSeconds = pauses.map((ms) => Math.floor(ms / 1_000));

describe("a time", () => {
  test.each<[TimeFormat, string, number]>([
    ["duration", "2m59.56s", 179_560],
    ["duration", "7.66s", 7_660],
    ["duration", "9m38.016s", 578_016],
    ["duration", "1h2m3s", 3_723_000],
    ["duration", "150ms", 150],
    ["duration", "1.5h", 5_400_000],
    ["duration", " 36s ", 36_000],
    ["duration", "36.429760048s", 36_430],
    ["duration", "500us", 1],
    ["duration", "0", 0],
    ["duration", "0s", 0],
    ["seconds", "33011.38", 33_011_380],
    ["seconds", " 7 ", 7_000],
    ["seconds", "0.0004", 1],
    ["epoch-milliseconds", String(NOW + 1_500), 1_500],
    ["epoch-milliseconds", String(NOW - 1_500), 0],
    ["epoch-seconds", String(NOW / 1_000 + 90), 90_000],
    ["epoch-seconds", String(NOW / 1_000 - 90), 0],
    ["date", "Tue, 10 Mar 2026 12:00:30 GMT", 30_000],
    ["date", "Tue, 10 Mar 2026 11:59:30 GMT", 0],
  ])("(%s) %j is in %i ms", (format, text, ms) => expect(readTime(text, format, NOW)).toBe(ms));

  test.each<[TimeFormat, string]>([
    ["duration", "-5s"],
    ["duration", "5"],
    ["duration", "5 s"],
    ["duration", "5s6"],
    ["duration", "s"],
    ["duration", "."],
    ["duration", "1d"],
    ["duration", "1e3s"],
    ["duration", "1489h"],
    ["seconds", "-1"],
    ["seconds", "1e9"],
    ["seconds", "soon"],
    ["seconds", "5356801"],
    ["epoch-milliseconds", "1"],
    ["epoch-milliseconds", String(NOW / 1_000)],
    ["epoch-seconds", String(NOW)],
    ["date", "-1"],
    ["date", "2026-03-10T12:00:30Z"],
    ["date", "Sun, 06 Nov 1994 08:49:37 GMT"],
    ["date", "Tue, 32 Mar 2026"],
  ])("(%s) %j is none", (format, text) => expect(readTime(text, format, NOW)).toBeUndefined());

  it("of no text is none, in any format", () => {
    for (const format of FORMATS) expect(readTime("", format, NOW)).toBeUndefined();
  });
});

describe("every sensible time", () => {
  const comesBack = (format: TimeFormat, write: (ms: number) => string, times = pauses): void => {
    fc.assert(
      fc.property(times, (ms) => {
        expect(readTime(write(ms), format, NOW)).toBe(ms);
      }),
    );
  };

  it("comes back from the text of it", () => {
    comesBack("seconds", (ms) => String(ms / 1_000));
    comesBack("epoch-milliseconds", (ms) => String(NOW + ms));
    comesBack("duration", goText);
    const seconds = wholeSeconds.map((count) => count * 1_000);
    comesBack("epoch-seconds", (ms) => String((NOW + ms) / 1_000), seconds);
    comesBack("date", (ms) => new Date(NOW + ms).toUTCString(), seconds);
  });

  it("is what Retry-After says, in seconds or as a date", () => {
    fc.assert(
      fc.property(wholeSeconds, (seconds) => {
        expect(readRetryAfter(String(seconds), NOW)).toBe(seconds * 1_000);
        expect(readRetryAfter(new Date(NOW + seconds * 1_000).toUTCString(), NOW)).toBe(seconds * 1_000);
      }),
    );
  });
});

it("is never less than nothing or more than 62 days, whatever the text", () => {
  const texts = fc.oneof(
    fc.string(),
    fc.stringMatching(/^-?[\d.]{0,25}(?:ms|[hmsun])?$/),
    fc
      .array(fc.constantFrom("1", "9", "00", ".", "-", "h", "m", "s", "ms", "ns", "e5", " "))
      .map((parts) => parts.join("")),
    fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
  );
  fc.assert(
    fc.property(texts, fc.constantFrom(...FORMATS), (text, format) => {
      const ms = readTime(text, format, NOW);
      if (ms !== undefined) expect(Number.isSafeInteger(ms) && ms >= 0 && ms <= MOST_MS).toBe(true);
    }),
  );
});

/** As Go writes a duration. */
function goText(ms: number): string {
  const hours = Math.floor(ms / 3_600_000);
  const minutes = Math.floor(ms / 60_000) % 60;
  const seconds = `${(ms % 60_000) / 1_000}s`;
  return hours > 0 ? `${hours}h${minutes}m${seconds}` : minutes > 0 ? `${minutes}m${seconds}` : seconds;
}
