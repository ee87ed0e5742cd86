import { expect, test } from "vitest";
import { evidenceBody, evidenceWords } from "./evidence-body.js";

const NOW = Date.UTC(2026, 10, 25, 18, 48);

test.each([
  ["on its last good day", "2026-10-26", 30, false, "published 2026-10-26"],
  ["a day later", "2026-10-25", 30, true, "published 2026-10-25, stale"],
  ["that does not change", "2020-01-01", undefined, false, "published 2020-01-01"],
])("a source %s", (_, date, goodForDays, stale, words) => {
  const evidence = { source: "a page", date, status: "published", goodForDays } as const;
  expect(evidenceBody(evidence, NOW)).toEqual({ status: "published", date, stale });
  expect(evidenceWords(evidence, NOW)).toBe(words);
});
