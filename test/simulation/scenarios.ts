import type { Scenario } from "./world.ts";

const base: Scenario = {
  name: "calm",
  seed: 1,
  days: 32,
  dailyApiTokens: 50_000,
  processes: 6,
  callsAtOnce: 2,
  pauseMs: 2_000,
  countedAt: "end",
  skewMs: 0,
  aborted: 0,
  killed: 0,
  frozen: 0,
};

/** Each with more demand than the budget has. */
export const SCENARIOS: readonly Scenario[] = [
  base,
  { ...base, name: "clocks 5 min off", seed: 2, skewMs: 300_000 },
  { ...base, name: "5 % aborted", seed: 3, aborted: 0.05 },
  { ...base, name: "0.2 % killed", seed: 4, killed: 0.002 },
  { ...base, name: "0.2 % frozen for a minute", seed: 5, frozen: 0.002 },
  {
    ...base,
    name: "all of it",
    seed: 6,
    skewMs: 300_000,
    aborted: 0.03,
    killed: 0.001,
    frozen: 0.001,
    countedAt: "start",
  },
];

/** Those that are tested after each change: nothing goes wrong, processes die, everything goes wrong. The rest takes longer. */
export const FIRST_SCENARIOS: readonly Scenario[] = SCENARIOS.filter(({ name }) =>
  ["calm", "0.2 % killed", "all of it"].includes(name),
);
