import { expect, test } from "vitest";
import { tierOf, windowRule } from "../testing/tier.js";
import { windowsOf } from "./windows-of.js";

const rules = [
  windowRule({ id: "all" }),
  windowRule({ id: "pro", class: "pro" }),
  windowRule({ id: "regular", class: "regular" }),
  windowRule({ id: "api", surface: "api" }),
  windowRule({ id: "playground", surface: "playground" }),
];

test.each([
  ["api", "regular", ["all", "regular", "api"]],
  ["api", "pro", ["all", "pro", "api"]],
  ["playground", "regular", ["all", "regular", "playground"]],
] as const)("on surface %s the windows of a %s model are %j", (surface, modelClass, ids) => {
  const single = { id: "single", kind: "concurrency", limit: 1, evidence: windowRule().evidence } as const;
  const tier = { ...tierOf(single, ...rules), surface };
  expect(windowsOf(tier, modelClass).map(({ id }) => id)).toEqual(ids);
});
