import { expect, it } from "vitest";
import { reportLine } from "./report-line.js";

it("tells a call's cost in a line, and a wait only if it was one", () => {
  const report = {
    apiTokens: 16,
    estimated: false,
    adjusted: [],
    waitedMs: 12,
    attempts: 1,
    windows: [],
    truncatedByTier: false,
    requestId: "r",
  };
  expect(reportLine(report, "API tokens")).toBe("16 API tokens");
  expect(reportLine({ ...report, estimated: true, waitedMs: 20_400, remaining: 49_984 }, "API tokens")).toBe(
    "about 16 API tokens · 49,984 left · waited 20 s",
  );
});
