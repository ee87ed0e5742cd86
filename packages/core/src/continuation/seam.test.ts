import { describe, expect, test } from "vitest";
import { findAnchor } from "./find-anchor.js";
import { marksFor } from "./instruction.js";
import { createSeam } from "./seam.js";

const TEXT = `The harbor had 12 ships on Monday. One of them was painted red.
On Tuesday a storm came from the north and the masts broke, all but thr`;
const ANCHOR = "masts broke, all but thr";
const REST = "ee. On Wednesday the sun came back.";
const BEGIN = "<<<CONTINUE>>>";
const END = "<<<COMPLETE>>>";

interface Told {
  readonly text?: string;
  readonly anchor?: string;
  readonly isPlainAllowed?: boolean;
}

function join(part: string, { text = TEXT, anchor = findAnchor(text) ?? "", isPlainAllowed = false }: Told = {}) {
  const seam = createSeam({ text, anchor, marks: marksFor(text), isPlainAllowed });
  const streamed = seam.read(part);
  const { rest, seam: proof } = seam.end();
  return { rest: streamed + rest, proof, isBroken: seam.isBroken, hasNew: seam.hasNew };
}

function expectRest(part: string, rest: string, told?: Told) {
  expect(join(part, told)).toEqual({ rest, proof: "echo", isBroken: false, hasNew: rest.trim() !== "" });
}

function expectNoProof(part: string, told?: Told) {
  expect(join(part, told)).toEqual({ rest: "", proof: "no_proof", isBroken: false, hasNew: false });
}

test("the anchor of the cases", () => expect(findAnchor(TEXT)).toBe(ANCHOR));

describe("a part that stands in a fence, its mark too", () => {
  test("loses both ends of it", () => {
    const text = "A sentence that is long enough to be an anchor of its own, and goes";
    const anchor = findAnchor(text) ?? "";
    const marks = marksFor(text);
    const seam = createSeam({ text, anchor, marks, isPlainAllowed: false });
    const passed = seam.read(`\`\`\`\n${marks.begin}\n${anchor} on to its end.\n\`\`\``);
    expect(passed + seam.end().rest).toBe(" on to its end.");
  });
});

describe("a part in the form that was asked for", () => {
  test.each([
    ["mark and line break", `${BEGIN}\n`],
    ["mark alone", BEGIN],
    ["blank lines", `\n\n${BEGIN}\n\n\n`],
    ["a remark before the mark", `Of course! Here is the rest:\n${BEGIN}\n`],
    ["a remark that names the marks", `I write ${BEGIN} first and ${END} never.\n${BEGIN}\n`],
    ["a remark that quotes the end", `You stopped at "${ANCHOR}". So:\n\n${BEGIN}\n`],
    ["a remark and the end before the mark", `The end was:\n${ANCHOR}\n${BEGIN}\n`],
    ["the end before the mark", `${ANCHOR}\n\n${BEGIN}\n`],
    ["a fence", `${BEGIN}\n\`\`\`text\n`],
    ["a fence with blank lines", `${BEGIN}\n\n\`\`\`\n\n`],
  ])("is joined: %s", (_, before) => {
    expectRest(before + ANCHOR + REST, REST);
  });

  test("without the mark", () => {
    expectRest(ANCHOR + REST, REST);
    expectRest(`\n\n${ANCHOR}${REST}`, REST);
    expectRest(`\`\`\`\n${ANCHOR}${REST}`, REST);
    expectRest(`Here is the rest:\n${ANCHOR}${REST}`, REST);
    expectRest(`(continued)\n${ANCHOR}${REST}`, REST);
    expectRest(`Natürlich, es geht weiter…\n\n\`\`\`text\n${ANCHOR}${REST}`, REST);
    expectRest(`好的，继续：\n${ANCHOR}${REST}`, REST);
  });

  test("white space at the beginning of the rest stays", () => {
    expectRest(`${BEGIN}\n${ANCHOR}\n\n  New paragraph`, "\n\n  New paragraph");
    expectRest(`${BEGIN}\n${ANCHOR} \n`, " \n");
  });

  test("is told at once", () => {
    const seam = createSeam({ text: TEXT, anchor: ANCHOR, marks: marksFor(TEXT), isPlainAllowed: false });
    expect(seam.read(`${BEGIN}\n${ANCHOR}`)).toBe("");
    expect([seam.isProved, seam.hasNew]).toEqual([true, false]);
    expect(seam.read("e")).toBe("e");
    expect(seam.hasNew).toBe(true);
  });
});

describe("another echo", () => {
  test.each([40, 30, 24, 20, 16])("of the last %i units is joined", (units) => {
    expectRest(TEXT.slice(-units) + REST, REST);
    expectRest(`${BEGIN}\n${TEXT.slice(-units)}${REST}`, REST);
  });

  test.each([15, 8, 1])("of the last %i units is not joined: too short to prove anything", (units) => {
    expectNoProof(TEXT.slice(-units) + REST);
    expectNoProof(`${BEGIN}\n${TEXT.slice(-units)}${REST}`);
  });

  test("is not joined where it stands twice in the text", () => {
    const text = `${TEXT}ee. And later in the year, again, the masts broke, all but thr`;
    expectNoProof(`the masts broke, all but thr${REST}`, { text });
    expectNoProof(`${BEGIN}\nthe masts broke, all but thr${REST}`, { text });
    expectRest(`again, the masts broke, all but thr${REST}`, REST, { text });
  });

  test("that may still become the one that was asked for is not taken for a shorter one", () => {
    const twice = "There was a lighthouse keeper. and so it began on the hill\nand so it began";
    const anchor = "began on the hill\nand so it began";
    expectRest(`${BEGIN}\n${twice.slice(-40)} again`, " again", { text: twice, anchor });
    // In the first of both, the end of the text seems to be said once the line break and 15 units have come.
    const asked = "and so it began on the hill\nand so it began";
    expectRest(`${BEGIN}\n${asked} again`, " again", { text: twice, anchor: asked });
    const again = "and so it began. There was a lighthouse keeper who sang aloud\nand so it began";
    expectRest(`${BEGIN}\n${again} again`, " again", { text: again });
  });

  test("of the whole answer is joined, however long", () => {
    const text = Array.from({ length: 90 }, (_, n) => `Sentence ${n} of ${n * 13}.`).join(" ");
    for (const before of ["", "\n", `${BEGIN}\n`, "```\n", "From the beginning:\n"]) {
      expectRest(`${before}${text} And more.`, " And more.", { text });
    }
    expectRest(`Here you are. ${BEGIN}\n\`\`\`text\n${text} And more.`, " And more.", { text: `\n${text}` });
  });

  test("of the whole answer with one word changed is not joined", () => {
    const text = Array.from({ length: 90 }, (_, n) => `Sentence ${n} of ${n * 13}.`).join(" ");
    expectNoProof(`${text.replace("80 of", "80 out of")} And more.`, { text });
    expectNoProof(`${BEGIN}\n${text.replace("80 of", "80 out of")} And more.`, { text });
    expectNoProof(`${text.replace("Sentence 2", "Sentences 2")} And more.`, { text });
    expectNoProof(text.slice(0, -3), { text });
  });

  test("after a remark has to be exactly what was asked for: a line and a refrain are text", () => {
    const text = "Row, row, row your boat.\n\nMerrily, merrily down the stream,\nlife is but a dream";
    expectNoProof("The sun goes down.\nMerrily, merrily down the stream,\nlife is but a dream.\n\nEnd.", { text });
    expectRest(`Sure.\n${findAnchor(text)} they say`, " they say", { text });
  });
});

describe("what proves nothing", () => {
  test.each([
    ["nothing", ""],
    ["white space", "\n \n"],
    ["the mark alone", BEGIN],
    ["the rest without an echo", REST],
    ["the mark and the rest without an echo", `${BEGIN}\n${REST}`],
    ["other words", "I am sorry, but I can't continue this text."],
    ["the form ignored, and the end mark", `ee, and so it ended.\n${END}`],
    ["the form ignored after the mark, and the end mark", `${BEGIN}\nee, and so it ended.\n${END}`],
    ["a beginning of the echo", `${BEGIN}\n${ANCHOR.slice(0, -2)}`],
    ["an echo with a mistake", `${BEGIN}\n${ANCHOR.replace("broke", "brake")}${REST}`],
    ["an earlier place", `${BEGIN}\nOn Tuesday a storm came from the north and the sails tore.`],
    ["text between mark and echo", `${BEGIN}\nHere: ${ANCHOR}${REST}`],
    ["two remarks", `Of course.\nHere is the rest:\n${ANCHOR}${REST}`],
    ["a remark that is a line of the table", `Rows | of a table:\n${ANCHOR}${REST}`],
    ["a remark that is a line of the text", `One of them was painted red.\n${ANCHOR}${REST}`],
    ["a list item before the echo", `2. A point:\n${ANCHOR}${REST}`],
    ["two fences", `\`\`\`a\n\`\`\`b\n${ANCHOR}${REST}`],
    ["a mark too late", `${"word ".repeat(61)}${BEGIN}\n${ANCHOR}${REST}`],
    ["an echo too late", `${BEGIN}${"\n".repeat(300)}${ANCHOR}${REST}`],
    ["the end in the middle of other words", `It is cut after "${ANCHOR}" and goes on so: ${REST}`],
  ])("%s", (_, part) => {
    expectNoProof(part, { text: TEXT.replace("Monday.", "Monday.\n").replace("\n One", "\nOne") });
  });

  test("an echo in a text that repeats itself", () => {
    for (const text of ["ha ".repeat(10).trim(), "ha ".repeat(200).trim(), `He said: ${"ha ".repeat(10).trim()}`]) {
      expectNoProof("ha ha ha ha ha ha ha ha ha ha ha ha ha ha.", { text });
      expectNoProof(` ${"ha ".repeat(300)}`, { text });
    }
  });

  test("rows in turn, once they have come again", () => {
    const [a, b] = ["| first row | 12 | north |", "| second row | 34 | south |"];
    const table = ["| what | how many | where |", a, b, a, b, a, b].join("\n");
    for (let cut = table.indexOf(b ?? "") + 90; cut < table.length; cut++) {
      const text = table.slice(0, cut).trimEnd();
      const rows = `${table.slice(text.length)}\n${a}\n${b}\n${a}\n${b}\n`;
      expect(join(rows, { text })).toMatchObject({ proof: "no_proof" });
    }
  });
});

test("a mark that comes later than 300 units does not count, however long the anchor is", () => {
  const text = `Bytes: ${Array.from({ length: 40 }, (_, n) => ((n * 7919) % 100_003).toString(36)).join("")}`;
  const told = { text, anchor: text };
  expectRest(`${"x".repeat(300)}${BEGIN}${text.slice(-20)} end`, " end", told);
  expectNoProof(`${"x".repeat(301)}${BEGIN}${text.slice(-20)} end`, told);
});

test("an echo without the mark is told once the mark can't come any more", () => {
  const seam = createSeam({ text: TEXT, anchor: ANCHOR, marks: marksFor(TEXT), isPlainAllowed: false });
  const part = ANCHOR + REST.repeat(10);
  const told = 300 + BEGIN.length;
  expect([seam.read(part.slice(0, told - 1)), seam.isProved]).toEqual(["", false]);
  expect([seam.read(part.charAt(told - 1)), seam.isProved]).toEqual([part.slice(ANCHOR.length, told).trimEnd(), true]);
});

describe("a short text", () => {
  const text = "Dear Sir";

  test("needs the mark directly before its echo", () => {
    expectRest(`${BEGIN}\nDear Sir, I write`, ", I write", { text });
    expectRest(`Sure:\n${BEGIN}Dear Sir, I write`, ", I write", { text });
    expectNoProof("Dear Sir, I write", { text });
    expectNoProof(`Sure:\nDear Sir, I write`, { text });
    expectNoProof(`${BEGIN}\nSo: Dear Sir, I write`, { text });
  });

  test("of nothing is never joined", () => {
    for (const empty of ["", " \n"]) expectNoProof(`${BEGIN}\nHello`, { text: empty });
  });
});

describe("the end mark", () => {
  test.each([
    ["alone", END],
    ["after white space", `\n ${END}`],
    ["after the begin mark", `${BEGIN}\n${END}`],
    ["in a fence", `\`\`\`\n${END}\n\`\`\``],
    ["before a reason", `${END}\nThe answer is whole.`],
    ["after the echo", `${BEGIN}\n${ANCHOR}\n${END}`],
    ["after the echo without a mark", `${ANCHOR}${END}`],
  ])("%s says that nothing is missing", (_, part) => {
    expect(join(part)).toEqual({ rest: "", proof: "nothing_missing", isBroken: false, hasNew: false });
  });

  test("before the form does not count", () => {
    expectRest(`${END}\n${BEGIN}\n${ANCHOR}${REST}`, REST);
    expectNoProof(`${END}\n${BEGIN}\n${REST}`);
  });

  test("ends the rest, with the white space before it", () => {
    expectRest(`${BEGIN}\n${ANCHOR}${REST}\n\n${END}\nGoodbye.`, REST);
    expectRest(`${ANCHOR}${REST}${END}`, REST);
  });

  test("in the middle of a line is part of what is said, so that nobody knows the rest", () => {
    const seam = createSeam({ text: TEXT, anchor: ANCHOR, marks: { begin: BEGIN, end: END }, isPlainAllowed: false });
    seam.read(`${BEGIN}\n${ANCHOR}${REST} ${END} is a mark.`);
    expect([seam.end().seam, seam.isBroken]).toEqual(["echo", true]);
  });

  test("may stand behind the tag of the instruction, of which nothing is taken", () => {
    const seam = createSeam({ text: TEXT, anchor: ANCHOR, marks: { begin: BEGIN, end: END }, isPlainAllowed: false });
    expect(seam.read(`${BEGIN}\n${ANCHOR}</end>\n${REST}`)).toBe("");
    expect([seam.end().rest, seam.isBroken]).toEqual(["", true]);
    expectRest(`${BEGIN}\n${ANCHOR}</e${REST}`, `</e${REST}`);
    expectRest(`${BEGIN}\n${ANCHOR}</`, "</");
  });

  test("is told from what only begins like it", () => {
    expectRest(`${BEGIN}\n${ANCHOR} a <<< b <<<COMP <<<C`, " a <<< b <<<COMP ");
    expectRest(`${BEGIN}\n${ANCHOR} a <<`, " a <<");
    expectRest(`${BEGIN}\n${ANCHOR} a <<<<COMPLETE>>>`, " a <");
  });

  test("after less than what was asked for leaves the answer as it is", () => {
    expect(join(`${BEGIN}\n${ANCHOR.slice(-16)}\n${END}`)).toMatchObject({ rest: "", proof: "echo", hasNew: false });
  });
});

test("the begin mark behind the seam ends what can be believed", () => {
  const again = `${BEGIN}\n${ANCHOR}${REST}\n${BEGIN}\n${REST}`;
  expect(join(again)).toEqual({ rest: REST, proof: "echo", isBroken: true, hasNew: true });
});

describe("a closing fence at the end", () => {
  test("is dropped if the part opened one", () => {
    for (const after of ["\n```", "\n```\n", "\n```\n\n", `\n\`\`\`\n${END}`]) {
      expectRest(`${BEGIN}\n\`\`\`text\n${ANCHOR}${REST}${after}`, REST);
      expectRest(`\`\`\`text\n${ANCHOR}${REST}${after}`, REST);
    }
  });

  test("is dropped too where a block of the text ended right before the echo", () => {
    const text = `Run this:\n\n\`\`\`sh\nls -l\n\`\`\`\n${ANCHOR}`;
    expect(findAnchor(text)).toBe(ANCHOR);
    expectRest(`${BEGIN}\n\`\`\`\n${ANCHOR}${REST}\n\`\`\``, REST, { text });
  });

  test("stays where it is text", () => {
    const code = "\n```js\nrun();\n```";
    const indented = "\n- so:\n  ```js\n  run();\n  ```";
    expectRest(`${BEGIN}\n\`\`\`text\n${ANCHOR}${REST}${indented}`, REST + indented);
    expectRest(`${BEGIN}\n${ANCHOR}${REST}\n\`\`\``, `${REST}\n\`\`\``);
    expectRest(`${BEGIN}\n\`\`\`text\n${ANCHOR}${REST}${code}`, REST + code);
    expectRest(`${BEGIN}\n\`\`\`text\n${ANCHOR}${REST}${code}\n\`\`\``, REST + code);
    expectRest(`${BEGIN}\n\`\`\`text\n${ANCHOR}${REST}\n\`\`\` and more`, `${REST}\n\`\`\` and more`);
    expectRest(`${BEGIN}\n\`\`\`text\n${ANCHOR}${REST} \`\`\``, `${REST} \`\`\``);
  });

  test("stays where the text has an open one", () => {
    const text = `So:\n\n\`\`\`python\nfor ship in harbor.ships:\n    print(ship.name, ship.ma`;
    expectRest(`${BEGIN}\n\`\`\`python\n${findAnchor(text)}sts)\n\`\`\`\n`, "sts)\n```\n", { text });
    expectRest(`\`\`\`python\n    print(ship.name, ship.masts)\n\`\`\`\nDone.`, "sts)\n```\nDone.", { text });
  });

  test("is dropped if the part has closed the text's own before", () => {
    const text = `So:\n\n\`\`\`python\nfor ship in harbor.ships:\n    print(ship.name, ship.ma`;
    const opened = `${BEGIN}\n\`\`\`python\n${findAnchor(text)}`;
    expectRest(`${opened}sts)\n\`\`\`\n\`\`\``, "sts)\n```", { text });
    expectRest(`${opened}sts)\n\`\`\`\n\nDone.\n\`\`\`\n`, "sts)\n```\n\nDone.", { text });
    expectRest(`${opened}sts)\n\`\`\`\n\n\`\`\`sh\nls\n\`\`\``, "sts)\n```\n\n```sh\nls\n```", { text });
  });
});

describe("with plain seams", () => {
  const isPlainAllowed = true;

  test("a part without an echo is taken, unproved", () => {
    for (const part of [REST, `\n\n${REST}`, `${REST} `.repeat(30)]) {
      expect(join(part, { isPlainAllowed })).toEqual({ rest: part, proof: "unproved", isBroken: false, hasNew: true });
    }
    expect(join(`${REST.repeat(20)}\n${END}`, { isPlainAllowed }).rest).toBe(REST.repeat(20));
  });

  test.each([
    ["nothing", ""],
    ["white space", " \n"],
    ["a mark", `${BEGIN}\n${REST}`],
    ["an end mark", `${REST}\n${END}`],
    ["a restart", "The harbor had 12 boats."],
    ["a restart that ends at once", "The har"],
    ["a whole restart", `${TEXT.repeat(9).replace("broke", "brake")}`],
    ["an overlap of 6 units", `ut thr${REST}`],
    ["an overlap of 6 units after a line break", `\nut thr${REST}`],
    ["an overlap after a remark", `So:\nl but thr${REST}`],
    ["an echo in other words", `I go on after "${ANCHOR}": ${REST}`],
  ])("not with %s", (_, part) => {
    expectNoProof(part, { isPlainAllowed });
  });

  test("an echo is proved as without", () => {
    expectRest(`${BEGIN}\n${ANCHOR}${REST}`, REST, { isPlainAllowed });
  });

  test("a shorter overlap is taken, and no reopened fence", () => {
    expect(join(`t thr${REST}`, { isPlainAllowed })).toMatchObject({ proof: "unproved" });
    expectNoProof("```python\nprint()", { isPlainAllowed, text: `${TEXT}ee\n\`\`\`python\nimport os` });
  });
});
