import { expect, it } from "vitest";
import { safeJson, safeLine, safeText } from "./safe-text.js";

it("has nothing that a terminal obeys", () => {
  expect(safeText("a\u001b[2Jb\u009b1mc\r\u0007\n\td\u007f")).toBe("a[2Jb1mc\n\td");
  expect(safeLine("a\n  b\u2028c\u001b]0;title\u0007")).toBe("a b c ]0;title");
  const json = JSON.stringify({ a: "\u001b[2J\u009b1m\u007f" });
  expect(safeJson(json)).toBe('{"a":"\\u001b[2J\\u009b1m\\u007f"}');
  expect(JSON.parse(safeJson(json))).toEqual(JSON.parse(json));
});
