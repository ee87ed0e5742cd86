import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";

const SUMMARY = fileURLToPath(new URL("../.ci/summary.mjs", import.meta.url));
const suite = { numPassedTests: 7, numFailedTests: 0, numFailedTestSuites: 0, testResults: [] };

/** What CI ends with. @param steps name, seconds, exit code and report of each, as CI writes them */
function summaryOf(steps: readonly (readonly string[])[], reports: Readonly<Record<string, object>>) {
  const folder = mkdtempSync(join(tmpdir(), "laplas-ci-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, "steps.tsv"), steps.map((step) => `${step.join("\t")}\n`).join(""));
  for (const [name, report] of Object.entries(reports)) {
    writeFileSync(join(folder, `${name}.json`), JSON.stringify(report));
  }
  const { stdout, status } = spawnSync(process.execPath, [SUMMARY, folder], { encoding: "utf8" });
  return [stdout.trimEnd().split("\n").at(-1), status];
}

test("a step that leaves no report is none that lost it, wherever it stands", () => {
  const steps = [
    ["packages", "1", "0", ""],
    ["unit", "3", "0", "unit"],
    ["newest", "5", "0", ""],
  ];
  expect(summaryOf(steps, { unit: suite })).toEqual(["tests: 7 passed, 0 failed", 0]);
});

test("a report that is missing, a step that failed and a test that failed are failures", () => {
  const unit = ["unit", "3", "0", "unit"];
  expect(summaryOf([unit], {})).toEqual(["tests: 0 passed, 1 failed", 1]);
  expect(summaryOf([unit, ["checks", "1", "1", ""]], { unit: suite })).toEqual(["tests: 7 passed, 1 failed", 1]);
  const failed = { ...suite, numFailedTests: 2 };
  expect(summaryOf([["unit", "3", "1", "unit"]], { unit: failed })).toEqual(["tests: 7 passed, 2 failed", 1]);
});
