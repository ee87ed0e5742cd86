import fc from "fast-check";
import { expect, it, test } from "vitest";
import { bindsModel, matchesModel } from "./binds-model.js";

/** Tries every way to spread a text over a pattern. Too slow for anything but short texts. */
function naively(pattern: string, text: string): boolean {
  if (pattern === "") return text === "";
  if (pattern.startsWith("*")) {
    return naively(pattern.slice(1), text) || (text !== "" && naively(pattern, text.slice(1)));
  }
  return text !== "" && pattern.charAt(0) === text.charAt(0) && naively(pattern.slice(1), text.slice(1));
}

const letters = (...alphabet: string[]) =>
  fc.array(fc.constantFrom(...alphabet), { maxLength: 7 }).map((all) => all.join(""));

it("finds what a search of all ways finds", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.boolean(), letters("a", "b", "*")), { maxLength: 4 }),
      letters("a", "b"),
      (list, id) => {
        const models = list.map(([isLeftOut, pattern]) => `${isLeftOut ? "!" : ""}${pattern}`);
        const named = list.filter(([isLeftOut]) => !isLeftOut).map(([, pattern]) => pattern);
        const leftOut = list.filter(([isLeftOut]) => isLeftOut).map(([, pattern]) => pattern);
        const isNamed = named.length === 0 || named.some((pattern) => naively(pattern, id));
        expect(matchesModel(models, id)).toBe(isNamed && !leftOut.some((pattern) => naively(pattern, id)));
      },
    ),
    { numRuns: 3_000 },
  );
});

test.each<[string[], string, boolean]>([
  [["a"], "a", true],
  [["a"], "A", false],
  [["a.c"], "abc", false],
  [["ab*ba"], "aba", false],
  [["ab*ba"], "abba", true],
  [["*/b:free"], "a/b:free", true],
  [["a*", "!ab*"], "abc", false],
  [["!a", "!b"], "c", true],
  [[], "a", true],
])("%j binds %s: %s", (models, id, binds) => expect(bindsModel({ models }, id)).toBe(binds));

it("binds all models where it names none", () => expect(bindsModel({}, "anything")).toBe(true));

// A regular expression with as many `*` tries longer than anybody waits: the time-out of the test is the assertion.
it("comes to an end on any pattern", () => {
  expect(matchesModel([`${"a*".repeat(500)}b`], "a".repeat(20_000))).toBe(false);
});
