import { expect, it, test } from "vitest";
import { readCustomInput } from "./custom-input.js";

test.each([
  ['{"input":"*** Begin Patch\\n+ \\"a\\""}', '*** Begin Patch\n+ "a"'],
  ['"as a text"', "as a text"],
  ['{"patch":"by another name"}', "by another name"],
  ["{}", ""],
  ['{"a":1,"b":2}', '{"a":1,"b":2}'],
  ["[1]", "[1]"],
  ["no JSON at all", "no JSON at all"],
  ["", ""],
])("the input in %j is %j", (text, input) => {
  expect(readCustomInput(text)).toBe(input);
});

it("is as much as came, wherever the answer was cut", () => {
  const whole = 'a"b\\c\n\u00e9 \u{1f600} \\u0041';
  const text = JSON.stringify({ input: whole }).replace("\u00e9", "\\u00e9");
  const begin = text.indexOf('"a') + 1;
  for (let length = begin; length < text.length - 1; length += 1) {
    const came = readCustomInput(text.slice(0, length));
    expect(whole.startsWith(came), JSON.stringify([text.slice(0, length), came])).toBe(true);
  }
  expect(readCustomInput(text)).toBe(whole);
});
