import { expect, it, test } from "vitest";
import { bar } from "./bar.js";

test.each([
  [{ used: 0 }, "░░░░░░░░"],
  [{ used: 0.0001 }, "█░░░░░░░"],
  [{ used: 0.5, held: 0.25 }, "████▓▓░░"],
  [{ used: 0.999 }, "███████░"],
  [{ used: 1 }, "████████"],
  [{ used: 3, held: 1 }, "████████"],
  [{ used: Number.NaN }, "░░░░░░░░"],
])("%o is %s", (parts, drawn) => expect(bar(parts, 8, true)).toBe(drawn));

it("does with ASCII where there are no blocks", () => {
  expect(bar({ used: 0.5, held: 0.25 }, 8, false)).toBe("####++--");
});
