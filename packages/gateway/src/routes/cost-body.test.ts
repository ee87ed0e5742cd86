import { type CostFields, costOf } from "@laplas/core";
import { expect, test } from "vitest";
import { reportBody } from "../command/report-body.js";
import { checkBody } from "./check-body.js";
import { costName } from "./cost-body.js";

const units = {
  apiTokens: { name: "API tokens", field: "apiTokens" },
  credits: { name: "neurons", field: "credits" },
  tokens: { name: "tokens", field: "tokens" },
} as const;
const story = { estimated: false, adjusted: [], waitedMs: 0, attempts: 1, windows: [], truncatedByTier: false };

test.each([
  ["apiTokens", "api_tokens"],
  ["credits", "credits"],
  ["tokens", "tokens"],
] as const)("a cost in %s stands under %s, and under nothing else", (field, name) => {
  const cost: CostFields = { [field]: 16 };
  const report = { ...story, provider: "laplas", requestId: "r", ...cost };
  expect([costName(units[field]), costOf(report)]).toEqual([name, 16]);
  const names = Object.keys(reportBody(report)).filter((one) => /tokens|credits/.test(one));
  expect(names).toEqual([name]);
});

test("a check names the unit of its cost, unless that is API tokens", () => {
  const check = (field: keyof typeof units) =>
    checkBody({ verdict: "pass", adjusted: [], cost: { expected: 1, worst: 2, unit: units[field].name } }, units[field])
      .cost;
  expect(check("apiTokens")).toEqual({ expected: 1, worst: 2 });
  expect(check("credits")).toEqual({ expected: 1, worst: 2, unit: "neurons" });
});
