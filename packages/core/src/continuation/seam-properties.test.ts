import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { endToHold } from "./end-to-hold.js";
import { hasOpenFence } from "./fence.js";
import { findAnchor } from "./find-anchor.js";
import { type ContinuationMarks, marksFor } from "./instruction.js";
import { createSeam, type SeamProof } from "./seam.js";

const RUNS = { numRuns: 500 };

interface Joined {
  readonly rest: string;
  readonly proof: SeamProof;
  /** How many units had been read when the seam was proved. */
  readonly provedAt: number | undefined;
}

interface Asked {
  readonly text: string;
  readonly anchor: string;
  readonly marks: ContinuationMarks;
}

function readAll({ text, anchor, marks }: Asked, pieces: readonly string[], isPlainAllowed = false): Joined {
  const seam = createSeam({ text, anchor, marks, isPlainAllowed });
  let provedAt: number | undefined;
  let units = 0;
  let streamed = "";
  for (const piece of pieces) {
    streamed += seam.read(piece);
    units += piece.length;
    if (seam.isProved) provedAt ??= units;
  }
  const end = seam.end();
  return { rest: streamed + end.rest, proof: end.seam, provedAt };
}

function inPieces(part: string, sizes: readonly number[]): string[] {
  const pieces: string[] = [];
  for (let at = 0, n = 0; at < part.length; n++) {
    const size = sizes[n % sizes.length] ?? 1;
    pieces.push(part.slice(at, at + size));
    at += size;
  }
  return pieces;
}

const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 });
const sentence = fc
  .tuple(fc.nat(300), fc.constantFrom("ships left the harbor", "of them were red", "men 😀 sang", "e\u0301te\u0301"))
  .map(([number, words]) => `${number} ${words}. `);
const piece = fc.oneof(
  { weight: 4, arbitrary: sentence },
  { weight: 1, arbitrary: fc.string({ unit: "grapheme", maxLength: 30 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      "\n",
      "\n\n",
      "  ",
      "天地玄黄，宇宙洪荒。",
      "| a | b |\n",
      "- a point\n",
      "1. one\n",
      ">>>\n",
      "\\",
    ),
  },
  { weight: 1, arbitrary: sentence.map((line) => `\n\`\`\`js\n  run("${line}");\n\n  stop();\n\`\`\`\n`) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.stringify(value, null, 2)) },
);
const prose = fc.array(piece, { minLength: 1, maxLength: 40 }).map((pieces) => pieces.join(""));
const json = fc.jsonValue({ maxDepth: 4, stringUnit: "grapheme" }).chain((value) =>
  fc.constantFrom(
    JSON.stringify(value),
    JSON.stringify(value, null, 2),
    JSON.stringify(value).replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`),
  ),
);
/** A text, cut anywhere, and what a model is asked. */
const asked = fc
  .tuple(
    fc.oneof(
      prose.map((whole) => ({ whole, isJSON: false })),
      json.map((whole) => ({ whole, isJSON: true })),
    ),
    fc.nat(),
  )
  .map(([{ whole, isJSON }, at]) => {
    const cut = whole.slice(0, (at % whole.length) + 1);
    const text = cut.slice(0, cut.length - endToHold(cut, isJSON));
    return { whole, text, rest: whole.slice(text.length), anchor: findAnchor(text), marks: marksFor(text) };
  })
  .filter((all): all is typeof all & Asked => all.anchor !== undefined && !/<<<C/.test(all.whole));
const remark = ({ text, anchor, marks }: Asked) =>
  fc
    .array(
      fc.oneof(
        fc.string({ unit: "grapheme", maxLength: 20 }),
        fc.constantFrom(
          "Sure, here it is:\n",
          "\n",
          marks.end,
          "<<<",
          "```\n",
          text.slice(-20),
          anchor,
          text.slice(0, 30),
          "Of course.\n",
        ),
      ),
      { maxLength: 5 },
    )
    .map((parts) => parts.join("").slice(0, 240))
    .filter((said) => !said.includes(marks.begin));
const space = fc.constantFrom("", "\n", "\n\n", " ", "\r\n");

describe("the join of any text at any cut", () => {
  test("is the uncut text, if the model does what it is asked, whatever it says before", () => {
    const parts = asked.chain((all) =>
      fc.tuple(fc.constant(all), remark(all), space, fc.constantFrom("", "```\n", "```text\n"), fc.boolean(), sizes),
    );
    fc.assert(
      fc.property(parts, ([all, before, blank, fence, isEnded, piecesOf]) => {
        const { text, anchor, marks, rest } = all;
        const closing = fence === "" ? "" : "\n```";
        // A text with half a block is another case: there a closing fence can't be told from its own.
        fc.pre(closing === "" || !hasOpenFence(text + rest));
        const part = before + marks.begin + blank + fence + anchor + rest + closing + (isEnded ? `\n${marks.end}` : "");
        const expected = isEnded ? rest.trimEnd() : rest;
        const joined = readAll(all, part.split(""));
        expect(joined.rest).toBe(expected);
        expect(joined.proof).toBe(isEnded && rest.trim() === "" ? "nothing_missing" : "echo");
        expect(joined.provedAt).toBeLessThanOrEqual(anchor.length + 300);
        expect(readAll(all, inPieces(part, piecesOf))).toMatchObject({ rest: joined.rest, proof: joined.proof });
        expect(readAll(all, [part])).toMatchObject({ rest: joined.rest, proof: joined.proof });
      }),
      RUNS,
    );
  });

  test("is the uncut text without the mark, or cut if the text is too short for that", () => {
    fc.assert(
      fc.property(asked, space, ({ text, anchor, marks, rest }, blank) => {
        const joined = readAll({ text, anchor, marks }, (blank + anchor + rest).split(""));
        const isShort = text.trimStart().length < 16;
        expect(joined).toMatchObject(isShort ? { rest: "", proof: "no_proof" } : { rest, proof: "echo" });
        expect(joined.provedAt ?? 0).toBeLessThanOrEqual(anchor.length + 300);
      }),
      RUNS,
    );
  });

  test("is the uncut text or cut, if the model repeats more or less, or everything", () => {
    fc.assert(
      fc.property(asked, fc.nat(), space, fc.boolean(), (all, at, blank, isMarked) => {
        const { text, marks, rest } = all;
        // Fewer than 16 units prove nothing, and with the beginning of the rest they may come to be as many: `null, n` and `ull, n`.
        const units = at % Math.max(1, text.length - 15);
        const joined = readAll(all, [(isMarked ? marks.begin : "") + blank + text.slice(units) + rest]);
        if (joined.proof === "echo") expect(joined.rest).toBe(rest);
        else expect(joined).toMatchObject({ rest: "", proof: "no_proof" });
        if (isMarked && units === 0) expect(joined.proof).toBe("echo");
      }),
      RUNS,
    );
  });

  test("holds back nothing but what may be the end, once it is proved", () => {
    fc.assert(
      fc.property(asked, ({ text, anchor, marks, rest }) => {
        const seam = createSeam({ text, anchor, marks, isPlainAllowed: false });
        seam.read(`${marks.begin}\n${anchor}`);
        let passed = "";
        rest.split("").forEach((unit, index) => {
          passed += seam.read(unit);
          expect(rest.slice(passed.length, index + 1)).toMatch(/^\s*<{0,3}$/);
        });
      }),
      RUNS,
    );
  });
});

describe("a text that repeats itself", () => {
  const unit = fc.oneof(
    fc.constantFrom(
      "ha ",
      "a",
      "na na ",
      "| a | b |\n| c | d |\n",
      "The cat sat on the mat.\n",
      "{},",
      "哈",
      "one, two, three, four. ",
    ),
    fc.array(fc.constantFrom("a", "b", " ", "\n", "|"), { minLength: 1, maxLength: 40 }).map((units) => units.join("")),
    fc.tuple(sentence, sentence).map(([one, two]) => `| ${one} |\n| ${two} |\n`),
  );

  test("is never joined with its own continuation, and with an echo rightly or not", () => {
    const header = fc.constantFrom(
      "",
      "He said: ",
      "| x | y | z |\n|---|---|---|\n",
      "A table of all the ships in the harbor:\n\n",
    );
    fc.assert(
      fc.property(unit, header, fc.nat(400), fc.boolean(), fc.nat(100), (repeated, before, more, isMarked, back) => {
        const whole = before + repeated.repeat(Math.ceil((repeated.length + 1_500) / repeated.length));
        // All of one period and 16 units of the next: before that, nobody can know.
        const cut = whole.slice(0, before.length + repeated.length + 16 + more);
        const text = cut.slice(0, cut.length - endToHold(cut, false));
        fc.pre(text.length >= before.length + repeated.length + 16);
        const rest = whole.slice(text.length);
        const anchor = findAnchor(text);
        const told = { text, anchor: anchor ?? text.slice(-24), marks: marksFor(text) };
        const mark = isMarked ? told.marks.begin : "";
        expect(readAll(told, [mark + rest])).toMatchObject({ rest: "", proof: "no_proof" });
        const echoed = readAll(told, [told.marks.begin + text.slice(-(back + 1)) + rest]);
        if (anchor === undefined) expect(echoed.proof).toBe("no_proof");
        else {
          // In its second period, it can't be told from a text that only says a few words twice.
          const isKnown = text.length >= before.length + 2 * repeated.length + 16;
          if (isKnown && echoed.proof === "echo") expect(echoed.rest).toBe(rest);
          expect(readAll(told, [told.marks.begin + anchor + rest])).toMatchObject({ rest, proof: "echo" });
        }
      }),
      RUNS,
    );
  });
});

/** Slow and independent: every place of the part behind which its rest may begin. */
function provedPlaces({ text, marks }: Asked, part: string): number[] {
  const bare = text.trim();
  const places: number[] = [];
  for (let at = 1; at <= part.length; at++) {
    const said = part.slice(0, at);
    if (bare.length < 16) {
      if (bare !== "" && said.endsWith(bare) && said.slice(0, -bare.length).trimEnd().includes(marks.begin))
        places.push(at);
      continue;
    }
    for (let length = 16; length <= Math.min(at, text.length); length++) {
      const echo = text.slice(-length);
      if (said.endsWith(echo) && text.indexOf(echo) === text.length - length) places.push(at);
    }
  }
  return places;
}

describe("any part at all", () => {
  const soup = ({ text, anchor, marks }: Asked) =>
    fc
      .array(
        fc.oneof(
          fc.string({ unit: "binary", maxLength: 30 }),
          fc.constantFrom(
            marks.begin,
            marks.end,
            "\n",
            " ",
            "```\n",
            "Here:\n",
            anchor,
            text.slice(-16),
            text.slice(-20),
            text,
            text.slice(0, 20),
          ),
        ),
        { maxLength: 12 },
      )
      .map((parts) => parts.join(""));

  test("is read without an exception, in any pieces, and joined only with proof", () => {
    const parts = asked.chain((all) => fc.tuple(fc.constant(all), soup(all), sizes, fc.boolean()));
    fc.assert(
      fc.property(parts, ([all, part, piecesOf, isPlainAllowed]) => {
        const joined = readAll(all, [part], isPlainAllowed);
        expect(readAll(all, inPieces(part, piecesOf), isPlainAllowed)).toMatchObject({
          rest: joined.rest,
          proof: joined.proof,
        });
        if (joined.proof === "echo") {
          expect(provedPlaces(all, part).some((at) => part.slice(at).startsWith(joined.rest))).toBe(true);
        } else if (joined.proof === "unproved") {
          expect(isPlainAllowed).toBe(true);
          expect(provedPlaces(all, part.slice(0, 300))).toEqual([]);
          expect(part.startsWith(joined.rest)).toBe(true);
        } else expect(joined.rest).toBe("");
        if (joined.proof === "nothing_missing") expect(part).toContain(all.marks.end);
      }),
      RUNS,
    );
  });

  test("is held back no longer than it may be, where plain parts are taken", () => {
    fc.assert(
      fc.property(asked, prose, ({ text, anchor, marks }, part) => {
        const seam = createSeam({ text, anchor, marks, isPlainAllowed: true });
        let passed = "";
        part.split("").forEach((unit, index) => {
          passed += seam.read(unit);
          // Prose may happen to begin with the text's end: then what is passed begins behind that.
          const from = seam.isProved ? part.indexOf(passed) : 0;
          if (passed !== "") expect(part.slice(from + passed.length, index + 1)).toMatch(/^\s*<{0,3}$/);
          else if (index + 1 >= anchor.length + 300 && part.slice(0, index + 1).trim() !== "") {
            // Then nothing of it is joined any more, or it is the text again.
            expect(text.trimStart().startsWith(part.trimStart().slice(0, 16)) || seam.end().rest === "").toBe(true);
          }
        });
      }),
      RUNS,
    );
  });
});
