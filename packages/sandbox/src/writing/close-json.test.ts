import { expect, it } from "vitest";
import { closeJson } from "./close-json.js";

it.each([
  { a: [1, -2.5e3, true, null, "x"], b: { c: [], d: {} }, e: "" },
  [[["deep"]], { 'key "1"\\': '\u0001\\"\n:{[,]}' }, "🏮é"],
  { items: Array.from({ length: 5 }, (_, id) => ({ id, note: "a: b, {c}" })) },
  "a string: alone",
])("a document ends validly wherever it is closed: %j", (value) => {
  for (const document of [JSON.stringify(value), JSON.stringify(value, null, 2), escaped(value)]) {
    for (let at = 1; at < document.length; at += 1) {
      const closed = closeJson(document, at);
      expect(() => JSON.parse(closed), closed).not.toThrow();
      expect(closed.isWellFormed()).toBe(true);
      const same = [...closed].findIndex((unit, index) => unit !== [...document][index]);
      expect(closed.slice(0, at)).toBe(document.slice(0, at));
      if (same >= 0) expect([...closed].slice(same).join("")).toMatch(/^"?[\]}]*$/);
    }
  }
});

/** All beyond ASCII as \u escapes, as Python writes it. */
function escaped(value: unknown): string {
  return JSON.stringify(value).replace(/[^\0-~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
