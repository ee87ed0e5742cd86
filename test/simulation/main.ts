/**
 * Plays the same days under several policies, in virtual time, against a strict server, and prints a Markdown table.
 *
 *   node scripts/run.mjs test/simulation/main.ts [seed]
 */
import "../../packages/core/src/testing/register-typescript.mjs";
import { figure, markdownTable } from "../bench/markdown-table.ts";

// Imported after the hook above: core's sources name each other by the names they are built to.
const { POLICIES, simulate } = await import("./simulate.ts");
const { SCENARIOS } = await import("./scenarios.ts");

const seed = Number(process.argv[2] ?? 0);
const percent = (share: number): string => `${(share * 100).toFixed(share > 0 && share < 0.001 ? 3 : 1)} %`;
const rows = SCENARIOS.flatMap((scenario) =>
  POLICIES.map((policy) => {
    const result = simulate({ ...scenario, seed: scenario.seed + seed }, policy);
    return [
      `${scenario.name}: ${result.policy}`,
      figure(result.requests),
      percent(result.refused / result.requests),
      String(result.refusedForConcurrency),
      String(result.refusedForBudget),
      percent(result.budgetUsed),
    ];
  }),
);
console.log(
  markdownTable(
    ["scenario: policy", "requests", "refused", "... for concurrency", "... for the budget", "budget used"],
    rows,
  ),
);
