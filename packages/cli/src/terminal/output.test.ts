import { PassThrough } from "node:stream";
import { expect, it, test } from "vitest";
import { createOutput, showsBlocks } from "./output.js";
import { paint } from "./paint.js";

test.each([
  [{}, true],
  [{ LANG: "de_DE.UTF-8" }, true],
  [{ LANG: "en_US.utf8", LC_ALL: "C" }, false],
  [{ LC_ALL: "", LANG: "C.UTF-8" }, true],
  [{ TERM: "linux", LANG: "C.UTF-8" }, false],
  [{ TERM: "dumb" }, false],
])("shows blocks with %o: %s", (environment, expected) => expect(showsBlocks(environment)).toBe(expected));

test.each([
  [true, { TERM: "xterm-256color" }, true],
  [true, { TERM: "xterm-256color", NO_COLOR: "1" }, false],
  [true, { TERM: "dumb" }, false],
  [false, { TERM: "xterm-256color" }, false],
  [false, { FORCE_COLOR: "1" }, true],
  [true, { TERM: "xterm-256color", FORCE_COLOR: "0" }, false],
])("in a terminal: %s, with %o, shows colours: %s", (isTTY, environment, expected) => {
  const stream = Object.assign(new PassThrough(), { isTTY });
  const output = createOutput(stream, environment);
  output.print(paint("red", "a"));
  // What is not ours is passed on as it is.
  output.write("\u001b[31mb\u001b[39m");
  expect(String(stream.read())).toBe(`${expected ? "\u001b[31ma\u001b[39m" : "a"}\u001b[31mb\u001b[39m`);
  expect(output.hasColors).toBe(expected);
});

it("is as wide as the window is now", () => {
  const stream = Object.assign(new PassThrough(), { isTTY: true, columns: 80 });
  const output = createOutput(stream, {});
  expect([output.columns, output.room]).toEqual([80, 80]);
  stream.columns = 120;
  expect([output.columns, output.room]).toEqual([120, 120]);
});

it("knows whether a line is begun", () => {
  const output = createOutput(new PassThrough(), {});
  const states = ["", "a", "b\n", "", "c\nd"].map((text) => {
    output.write(text);
    return output.isInLine;
  });
  expect(states).toEqual([false, true, false, false, true]);
});
