import { expect, it } from "vitest";
import { columnsOf, roomOf } from "./size.js";

it("has a least width, and one for what is no terminal", () => {
  expect([10, 120, 0, undefined].map((columns) => columnsOf(columns === undefined ? {} : { columns }))).toEqual([
    40, 120, 100, 100,
  ]);
  expect([roomOf({ columns: 50 }), roomOf({})]).toEqual([50, Number.POSITIVE_INFINITY]);
});
