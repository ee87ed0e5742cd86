import { expect, it } from "vitest";
import { POLICIES, simulate } from "./simulate.ts";
import type { Scenario } from "./world.ts";

/** What this project does; the others are simpler. */
export const OURS: (typeof POLICIES)[number] = (() => {
  const [ours] = POLICIES.slice(-1);
  if (ours === undefined) throw new Error("there is no policy");
  return ours;
})();

/** Registers a test for each month. */
export function testMonths(scenarios: readonly Scenario[]): void {
  it.each(scenarios)(
    "$name, seed $seed: of ten thousand requests none is refused, and the budget is used",
    (scenario) => {
      const result = simulate(scenario, OURS);
      expect(result.requests).toBeGreaterThan(10_000);
      expect(result).toMatchObject({ refused: 0 });
      expect(result.budgetUsed).toBeGreaterThanOrEqual(0.99);
    },
  );
}
