import { describe } from "vitest";
import { FIRST_SCENARIOS, SCENARIOS } from "./scenarios.ts";
import { testMonths } from "./test-months.ts";

describe("the other months of many processes on one account", () => {
  testMonths(SCENARIOS.filter((scenario) => !FIRST_SCENARIOS.includes(scenario)));
  testMonths(SCENARIOS.map((scenario) => ({ ...scenario, seed: scenario.seed + 100 })));
});
