import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { askOneWay, type HeardCall, WAYS } from "./ask-each-way.ts";
import { ANSWERS } from "./upstream-answers.ts";

/** Small enough to cut events, and larger than most answers. */
const PIECES = [61, 1_000_000];

/**
 * Head, body, report and events of many calls, as hashes in a file: work on speed changes none of them. A change that is meant is recorded
 * with `npm test -- recorded-calls -u`; to see it, run both sides with PRINT_RECORDED=1 and compare what they print.
 */
it("every recorded call has the same head, the same bytes, the same report and the same events as before", async () => {
  const lines: string[] = [];
  for (const [wayName, way] of Object.entries(WAYS)) {
    for (const [name, answers] of Object.entries(ANSWERS)) {
      const answer = way.streamed ? answers.streamed : answers.whole;
      const heard = await Promise.all(PIECES.map((bytes) => askOneWay(way, answer, bytes)));
      expect(heard[0], `${wayName}: ${name}, in small pieces and in one`).toEqual(heard[1]);
      lines.push(`${wayName}: ${name} | ${hashes(heard[0])}`);
    }
  }
  expect(lines.length).toBeGreaterThan(200);
  await expect(`${lines.join("\n")}\n`).toMatchFileSnapshot("recorded-calls.txt");
});

function hashes(heard: HeardCall | undefined): string {
  if (process.env.PRINT_RECORDED !== undefined) console.log(heard);
  const parts = Object.entries(heard ?? {}).map(([part, text]) => `${part} ${hash(text)}`);
  return parts.join(" ");
}

function hash(text: string): string {
  return text === "" ? "-" : createHash("sha256").update(text).digest("hex").slice(0, 12);
}
