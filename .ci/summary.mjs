// The end of .ci/run: how long each step took, the ten slowest test files, and the sum of all suites as the last line.
//
//   node .ci/summary.mjs <folder>
//
// The folder holds `steps.tsv` (name, seconds, exit code of each step) and a JSON report of each suite.
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

const [, , folder] = process.argv;
// Not trimmed: a step without a report ends with a tab.
const steps = readFileSync(join(folder, "steps.tsv"), "utf8")
  .split("\n")
  .filter((line) => line !== "")
  .map((line) => line.split("\t"))
  .map(([name, seconds, code, report]) => ({ name, seconds: Number(seconds), failed: code !== "0", report }));
const reports = readdirSync(folder)
  .filter((name) => name.endsWith(".json"))
  .map((name) => ({ suite: name.replace(/\.json$/, ""), ...JSON.parse(readFileSync(join(folder, name), "utf8")) }));

console.log("\n== time of each step");
for (const { name, seconds, failed } of steps) {
  console.log(`${String(seconds).padStart(6)} s  ${name}${failed ? "  FAILED" : ""}`);
}

const files = reports.flatMap(({ suite, testResults }) =>
  testResults.map(({ name, startTime, endTime }) => ({ suite, name, seconds: (endTime - startTime) / 1000 })),
);
console.log("\n== the ten slowest test files");
for (const { suite, name, seconds } of files.toSorted((one, other) => other.seconds - one.seconds).slice(0, 10)) {
  console.log(`${seconds.toFixed(1).padStart(6)} s  ${relative(process.cwd(), name)} (${suite})`);
}

const missing = steps.filter(({ report }) => report !== "" && !reports.some(({ suite }) => suite === report));
for (const { name, report } of missing) console.log(`!! "${name}" left no report (${report}.json)`);
const passed = reports.reduce((sum, { numPassedTests }) => sum + numPassedTests, 0);
// A file that can't be loaded has no test that failed, but fails.
const failedTests = reports.reduce(
  (sum, { numFailedTests, numFailedTestSuites }) => sum + (numFailedTests || (numFailedTestSuites > 0 ? 1 : 0)),
  0,
);
// A step that failed without a failed test (a check, a suite that could not start) is a failure too.
const failedSteps = Math.max(steps.filter(({ failed }) => failed).length, missing.length);
const failed = Math.max(failedTests, failedSteps);
for (const { name } of steps.filter((step) => step.failed)) console.log(`!! failed: ${name}`);
console.log(`\ntests: ${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
