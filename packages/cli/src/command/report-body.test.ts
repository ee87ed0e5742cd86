import { type CostFields, costOf } from "@laplas/core";
import { costName } from "@laplas/gateway/bodies";
import { expect, test } from "vitest";
import { reportBody } from "./report-body.js";

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
