import { expect, it, test } from "vitest";
import { bar } from "./bar.js";

test.each([
  [{ part: 0 }, "░░░░░░░░"],
  [{ part: 0.0001 }, "█░░░░░░░"],
  [{ part: 0.5, held: 0.25 }, "████▓▓░░"],
  [{ part: 0.999 }, "███████░"],
  [{ part: 1 }, "████████"],
  [{ part: 3, held: 1 }, "████████"],
  [{ part: Number.NaN }, "░░░░░░░░"],
])("%o is %s", (parts, drawn) => expect(bar(parts, 8, true)).toBe(drawn));

it("does with ASCII where there are no blocks", () => {
  expect(bar({ part: 0.5, held: 0.25 }, 8, false)).toBe("####++--");
});
