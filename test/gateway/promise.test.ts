import { createSandbox } from "@laplas/sandbox";
import { expect, it, onTestFinished } from "vitest";
import { startFile, startGateway } from "./child.ts";
import { readQuota } from "./open-gateway.ts";
import { until } from "./until.ts";

const CLIENTS = 4;
const CALLS_EACH = 24;

/** The outcomes of all clients, each with how often. */
async function runClients(baseURL: string): Promise<Record<string, number>> {
  const names = Array.from({ length: CLIENTS }, (_, index) => `client-${index}`);
  const children = names.map((name) => startFile("busy-client.ts", [baseURL, name, String(CALLS_EACH)]));
  const counts: Record<string, number> = {};
  for (const child of children) {
    expect([await child.ended(), child.stderr()]).toEqual([0, ""]);
    for (const outcome of child.stdout().trimEnd().split("\n")) counts[outcome] = (counts[outcome] ?? 0) + 1;
  }
  return counts;
}

it("four programs on one free account: all they ask is answered, and nothing is refused upstream", async () => {
  const sandbox = await createSandbox({ chunkDelayMs: 1 });
  onTestFinished(() => sandbox.close());
  const gateway = await startGateway({ engine: { baseURL: sandbox.baseURL } });
  const left = (CLIENTS * CALLS_EACH) / 8;
  expect(await runClients(gateway.baseURL)).toEqual({ answered: CLIENTS * CALLS_EACH - left, left });
  const quota = await until(
    "the account",
    () => readQuota(gateway.baseURL),
    ({ running, waiting }) => running + waiting === 0,
  );
  expect(sandbox.counts()).toMatchObject({ refused: 0, probe: 0, answered: CLIENTS * CALLS_EACH });
  expect(quota.windows[0]).toMatchObject({ used: sandbox.used(), held: 0 });
});

it("a spent day is told to each as what it is, and still nothing is refused upstream", async () => {
  const sandbox = await createSandbox({ rules: { dailyApiTokens: 4_000 } });
  onTestFinished(() => sandbox.close());
  const evidence = { source: "the test's sandbox", date: "2026-11-25", status: "assumed" } as const;
  const rule = { id: "daily_api_tokens", kind: "window", meter: "credits", limit: 4_000, evidence } as const;
  const tier = {
    name: "small",
    title: "small",
    extends: "free",
    // Not within the test, at whatever hour it runs.
    rules: [{ ...rule, period: { type: "day", resetHour: (new Date().getUTCHours() + 12) % 24 } }],
  } as const;
  const gateway = await startGateway({ engine: { baseURL: sandbox.baseURL, tier } });
  const {
    answered = 0,
    left = 0,
    "429 free_tier_daily_quota": refused = 0,
    ...others
  } = await runClients(gateway.baseURL);
  expect(others).toEqual({});
  expect(answered).toBeGreaterThan(0);
  expect(refused).toBeGreaterThan(0);
  expect(answered + left + refused).toBe(CLIENTS * CALLS_EACH);
  expect(sandbox.counts()).toMatchObject({ refused: 0, probe: 0, answered: answered + left });
});
