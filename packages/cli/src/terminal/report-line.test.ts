import { expect, it } from "vitest";
import { reportLine } from "./report-line.js";

it("tells a call's cost in a line, and a wait only if it was one", () => {
  const report = {
    provider: "laplas",
    apiTokens: 16,
    estimated: false,
    adjusted: [],
    waitedMs: 12,
    attempts: 1,
    windows: [],
    truncatedByTier: false,
    requestId: "r",
  };
  const unit = { name: "API tokens" };
  expect(reportLine(report, unit)).toBe("16 API tokens");
  expect(reportLine({ ...report, estimated: true, waitedMs: 20_400, remaining: 49_984 }, unit)).toBe(
    "about 16 API tokens · 49,984 left · waited 20 s",
  );
});

it("tells it in the provider's unit", () => {
  const report = {
    provider: "cloud",
    estimated: false,
    adjusted: [],
    waitedMs: 0,
    attempts: 1,
    windows: [],
    truncatedByTier: false,
    requestId: "r",
  };
  expect(reportLine({ ...report, credits: 0.4 }, { name: "neurons" })).toBe("1 neuron");
  expect(reportLine({ ...report, tokens: 1_200 }, { name: "tokens" })).toBe("1,200 tokens");
});
