import { expect, it, test } from "vitest";
import { countedAfter, MOST_COUNTED } from "./counted.js";

test.each([
  [undefined, 0, 0],
  [undefined, 3, 3],
  [4, 3, 7],
  [0.5, 1, 1.5],
  [-2, 1, -1],
  [MOST_COUNTED - 1, 1, MOST_COUNTED],
  [MOST_COUNTED, 1, MOST_COUNTED],
  [1e300, 0, MOST_COUNTED],
  [1, MOST_COUNTED, MOST_COUNTED],
])("to %d is added %d: %d", (value, by, counted) => expect(countedAfter(value, by)).toBe(counted));

it.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, MOST_COUNTED + 1])("%d is not heard", (by) =>
  expect(countedAfter(1, by)).toBeUndefined(),
);
