import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { cutAnswer, readThrough, sameHoweverCut, wholeAnswer } from "../testing/cut-answer.js";
import { cutAtStops } from "./cut-at-stops.js";

const cut = (stops: readonly string[], content: string, reason = "stop") =>
  readThrough(cutAtStops(stops)).whole(wholeAnswer({ content, reason })).choices[0];

describe("an answer", () => {
  test.each<[string[], string, string]>([
    [["END"], "a END b", "a "],
    [["END"], "a EN", "a EN"],
    [["END"], "END", ""],
    [["b", "ab"], "xab", "x"],
    [["\n\n"], "a\nb\n\nc", "a\nb"],
    // A server that reads token by token sees "c" before "abcd".
    [["abcd", "c"], "abcd", "ab"],
    [["aab"], "aaab", "a"],
    [["😀"], "a😁b😀c", "a😁b"],
  ])("ends at the first of %j that is whole: %j", (stops, text, expected) => {
    expect(cut(stops, text)).toMatchObject({ content: expected, reason: "stop" });
    sameHoweverCut(wholeAnswer({ content: text }), cutAtStops(stops));
  });

  it("that was cut later has stopped, and one without a stop ends as it did", () => {
    expect(cut(["b"], "abc", "length")).toMatchObject({ content: "a", reason: "stop" });
    expect(cut(["b"], "acc", "length")).toMatchObject({ content: "acc", reason: "length" });
    for (const content of ["abc", "acc"]) sameHoweverCut(wholeAnswer({ content, reason: "length" }), cutAtStops(["b"]));
  });

  it("loses calls behind a stop, and keeps those behind another text", () => {
    const said = (content: string) => wholeAnswer({ content, calls: [["f", '{"stop":"b"}']] });
    expect(readThrough(cutAtStops(["b"])).whole(said("abc")).choices).toMatchObject([
      { content: "a", calls: [], reason: "stop" },
    ]);
    expect(readThrough(cutAtStops(["b"])).whole(said("ac")).choices).toMatchObject([
      { content: "ac", calls: [{ name: "f" }] },
    ]);
    for (const content of ["abc", "ac", ""]) sameHoweverCut(said(content), cutAtStops(["b", "cd"]));
  });

  it("ends in each choice by itself", () => {
    sameHoweverCut(
      wholeAnswer({ content: "abcab" }, { content: "bca" }, { content: "ccab" }),
      cutAtStops(["ca", "bb"]),
    );
  });

  it("without a stop is the same object, whole and streamed", () => {
    const reader = cutAtStops(["END"])({
      readAnswer: (answer) => answer,
      readStream: () => ({ read: (chunk) => chunk, end: () => undefined }),
    });
    const answer = wholeAnswer({ content: "Hello" });
    expect(reader.readAnswer(answer, () => {})).toBe(answer);
    const stream = reader.readStream(() => {});
    for (const chunk of fc.sample(cutAnswer(answer), 1).flat()) expect(stream.read(chunk)).toBe(chunk);
    expect(stream.end()).toBeUndefined();
  });

  it("whose stream breaks off gives what was held", () => {
    const head = { id: "c", object: "chat.completion.chunk", created: 1, model: "m" } as const;
    const chunk = { ...head, choices: [{ index: 0, delta: { content: "a EN" }, finish_reason: null }] };
    expect(readThrough(cutAtStops(["END"])).streamed([chunk]).choices).toMatchObject([
      { content: "a EN", reason: null },
    ]);
  });
});

test("a stream says what the whole answer says, and nothing of a stop, whatever the stops", () => {
  const letters = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 12 });
  const stops = fc.array(fc.string({ unit: fc.constantFrom("a", "b", "c"), minLength: 1, maxLength: 4 }), {
    minLength: 1,
    maxLength: 3,
  });
  const cases = fc.tuple(stops, letters, fc.constantFrom("stop", "length"));
  fc.assert(
    fc.property(
      cases.chain(([ends, content, reason]) =>
        fc.tuple(
          fc.constant(ends),
          fc.constant(wholeAnswer({ content, reason })),
          cutAnswer(wholeAnswer({ content, reason })),
        ),
      ),
      ([ends, answer, chunks]) => {
        const reader = readThrough(cutAtStops(ends));
        const whole = reader.whole(answer);
        expect(reader.streamed(chunks)).toEqual(whole);
        expect(ends.some((end) => whole.choices[0]?.content.includes(end))).toBe(false);
      },
    ),
  );
});
