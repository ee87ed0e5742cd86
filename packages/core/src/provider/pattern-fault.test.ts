import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { laplasSignals } from "../providers/laplas/laplas-signals.js";
import { hasGroup, patternFault, SIGNAL_TEXT_CHARACTERS } from "./pattern-fault.js";

describe("patterns of signals", () => {
  test.each<[string, RegExp]>([
    ["(", /^is not a regular expression: /],
    ["a{2,1}", /^is not a regular expression: /],
    ["[z-a]", /^is not a regular expression: /],
    ["(a+)+", /repeats a group that holds a repetition/],
    ["(?:a|b)*", /repeats a group that holds a repetition or alternatives/],
    ["(?:a?){50}", /repeats a group/],
    ["(?:(?:ab){2,3})+", /repeats a group/],
    ["a+b+", /more than one repetition without a bound/],
    ["a*|b{3,}", /more than one repetition without a bound/],
    ["(a)\\1", /refers back/],
    ["(?<n>a)\\k<n>", /refers back/],
    ["(?=a)", /looks around/],
    ["(?<!a)b", /looks around/],
    ["a{101}", /more than 100 times/],
    ["a{1,101}", /more than 100 times/],
    ["\\p{L}{1,100}\\p{L}{1,100}\\p{Nd}", /too many ways/],
    ["[^\\p{Nd}]{1,100}\\p{Alphabetic}{1,100}\\p{Nd}", /too many ways/],
    [`${"a?".repeat(20)}b`, /too many ways/],
    [`${"(?:a|a)".repeat(20)}b`, /too many ways/],
    ["a{1,100}a{1,100}a{1,100}", /too many ways/],
    // Each took between 0.1 s and half a minute on the texts that patterns are run on.
    ["a{1,9}a*b", /too many ways/],
    ["a*a{1,9}a{1,9}b", /too many ways/],
    ["a{1,100}a{1,100}a{100}b", /too many ways/],
    [`a{1,100}a{1,100}${"a".repeat(150)}b`, /too many ways/],
    [`${"a?".repeat(13)}${"a".repeat(20)}b`, /too many ways/],
    [`(?:${"a?".repeat(6)}|b)${"a?".repeat(6)}a{100}b`, /too many ways/],
    ["(?:a{1,9})a*b", /too many ways/],
    ["a*a{20}b", /too many ways/],
    ["(?:(?:(?:a{100}){100}){100})b", /too many ways/],
    ["(?:){1,100}(?:){1,100}(?:){1,100}(?:){1,100}b", /too many ways/],
    ["a".repeat(1_001), /more than 1000 characters/],
  ])("%s is refused", (pattern, why) => expect(patternFault(pattern)).toMatch(why));

  test.each([
    "",
    "quota",
    "plan\\.rule:|resource limit",
    "a{100}",
    "[^\"']{1,100}x?",
    "[\\]+*]{3}",
    "in (?:(\\d{1,3})h)?(?:(\\d{1,2})m)?(\\d{1,2}(?:\\.\\d{1,9})?)s",
    "(?<seconds>\\d+)s",
    "try again .*",
    '"quotaId":"\\w+PerDay',
    "a{1,9}b{1,9}c{1,9}d",
    "error .{1,40}limit .{1,40}day",
    "\\u{1F600}\\p{L}+",
  ])("%s is taken", (pattern) => expect(patternFault(pattern)).toBeUndefined());

  it("of laplas are taken", () => {
    const patterns = laplasSignals.failures.flatMap(({ pattern, unless }) => [pattern, unless]);
    for (const pattern of [...patterns, laplasSignals.billingPattern])
      expect(patternFault(pattern ?? "")).toBeUndefined();
  });

  // What backtracks without bound would run for years here; the time-out of the test is the assertion.
  it("that are taken come to an end on any text", () => {
    const piece = fc.constantFrom("a", "b", ".", "(", ")", "(?:", "|", "*", "+", "?", "{1,100}", "{2}", "[ab]", "\\w");
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
        const pattern = pieces.join("");
        if (patternFault(pattern) !== undefined) return;
        for (const text of ["a", "ab"]) new RegExp(`${pattern}c`, "iu").test(text.repeat(SIGNAL_TEXT_CHARACTERS / 4));
      }),
      { numRuns: 2_000 },
    );
  });

  test.each([
    ["a(b)", true],
    ["a(?<b>c)", true],
    ["a(?:b)", false],
    ["\\(a\\)", false],
  ])("%s has a group to read: %s", (pattern, has) => expect(hasGroup(pattern)).toBe(has));
});
