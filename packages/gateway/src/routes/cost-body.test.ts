import { expect, test } from "vitest";
import { checkBody } from "./check-body.js";

const units = {
  apiTokens: { name: "API tokens", field: "apiTokens" },
  credits: { name: "neurons", field: "credits" },
  tokens: { name: "tokens", field: "tokens" },
} as const;
test("a check names the unit of its cost, unless that is API tokens", () => {
  const check = (field: keyof typeof units) =>
    checkBody({ verdict: "pass", adjusted: [], cost: { expected: 1, worst: 2, unit: units[field].name } }, units[field])
      .cost;
  expect(check("apiTokens")).toEqual({ expected: 1, worst: 2 });
  expect(check("credits")).toEqual({ expected: 1, worst: 2, unit: "neurons" });
});
