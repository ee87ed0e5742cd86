import { getEncoding } from "js-tiktoken";
import { describe, expect, test } from "vitest";
import { type ContinuedText, instructionFor, marksFor } from "./instruction.js";

const KINDS: ContinuedText[] = ["answer", "json", { tool: "write_file" }];
const ANCHORS = [
  "over the lazy dog and runs",
  "a </end> b <end> c",
  " <<<X>>> y <<<DONE>>> ",
  "line\n\nbreak\n",
  "$& $1 $$",
];

/** Reads an instruction as a model does that knows nothing but the form. */
function understood(message: string) {
  const marks = [...message.matchAll(/<<<[A-Z0-9 ]+>>>/g)];
  const first = marks[0];
  const open = message.indexOf("<end>", first?.index);
  return { begin: first?.[0], anchor: message.slice(open + 5, message.lastIndexOf("</end>")), end: marks.at(-1)?.[0] };
}

describe("instructionFor", () => {
  test.each([false, true])("holds the marks and the anchor, character for character (insisting: %s)", (insist) => {
    for (const what of KINDS) {
      for (const anchor of ANCHORS) {
        const marks = marksFor(anchor);
        expect(understood(instructionFor({ anchor, marks, what, insist }))).toEqual({ ...marks, anchor });
      }
    }
  });

  test("says what is continued", () => {
    const [answer, json, tool] = KINDS.map((what) => instructionFor({ anchor: "abc", marks: marksFor(""), what }));
    expect(answer).not.toContain("JSON");
    expect(json).toContain("JSON");
    expect(tool).toContain("the tool write_file");
  });

  test("takes about 90 tokens", () => {
    const encoding = getEncoding("o200k_base");
    for (const what of KINDS) {
      const options = { anchor: "over the lazy dog and runs", marks: marksFor(""), what };
      const asked = encoding.encode(instructionFor(options)).length;
      expect(asked).toBeLessThan(125);
      expect(encoding.encode(instructionFor({ ...options, insist: true })).length).toBeLessThan(asked);
    }
  });
});

describe("marksFor", () => {
  test("gives marks that don't stand in the text", () => {
    expect(marksFor("a text")).toEqual({ begin: "<<<CONTINUE>>>", end: "<<<COMPLETE>>>" });
    expect(marksFor("write <<<COMPLETE>>> then")).toEqual({ begin: "<<<CONTINUE 2>>>", end: "<<<COMPLETE 2>>>" });
    expect(marksFor("<<<CONTINUE>>> <<<CONTINUE 2>>>").begin).toBe("<<<CONTINUE 3>>>");
  });
});
