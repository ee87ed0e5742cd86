import { expect, it } from "vitest";
import { createWarnings } from "./warnings.js";

it("prints each warning once, held ones at the end or never", () => {
  const printed: string[] = [];
  const warnings = createWarnings((message) => printed.push(message));
  warnings.add("one");
  warnings.add("one");
  expect(printed).toEqual(["one"]);
  const release = warnings.hold();
  for (const message of ["two", "one", "two", "three"]) warnings.add(message);
  expect(printed).toEqual(["one"]);
  release(true);
  expect(printed).toEqual(["one", "two", "three"]);
  const drop = warnings.hold();
  warnings.add("four");
  drop(false);
  expect(printed).toHaveLength(3);
  // What was dropped was not printed yet.
  warnings.add("four");
  expect(printed).toEqual(["one", "two", "three", "four"]);
});
