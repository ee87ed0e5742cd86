import type { Claim, LedgerStore, ReserveCommand } from "../../packages/core/src/ledger/ledger-store.ts";
import type { Tier } from "../../packages/core/src/tier/tier.ts";

/** What a call holds until its cost is known, and what it cost: API tokens. */
export const HELD = 300;
export const COST = 20;
/** Short, since a Redis that has just begun is asked nothing before it has been up for one: calls of before may still run. */
const LEASE_MS = 1_000;

/** The windows of a tier, each over the bucket of costs. */
export function claimsOfTier({ rules }: Tier): Claim[] {
  return rules.flatMap((rule) =>
    rule.kind === "window"
      ? {
          bucket: "credits",
          rule: rule.id,
          // More than any run uses, so that all calls pass.
          limit: 1e12,
          period: rule.period,
          marginMs: rule.marginMs,
          mustFit: false,
        }
      : [],
  );
}

/** A call without slots, of which any number may run at once. */
export function benchCommand(claims: readonly Claim[], account: string): ReserveCommand {
  return {
    id: crypto.randomUUID(),
    account,
    label: "gpt-4o-mini",
    buckets: [{ name: "credits", hold: HELD }],
    claims,
    // Several processes would else measure how long they wait for each other.
    slots: [],
    scopes: ["account"],
    patienceMs: 60_000,
    leaseMs: LEASE_MS,
  };
}

/** What one call takes of an account, from before its request to after its answer. */
export async function callOnce(store: LedgerStore, claims: readonly Claim[], account: string): Promise<void> {
  const command = benchCommand(claims, account);
  let answer = await store.reserve(command);
  const giveUpAt = performance.now() + 2 * LEASE_MS;
  while (answer.outcome === "queued" && performance.now() < giveUpAt) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    answer = await store.reserve(command);
  }
  if (answer.outcome !== "admitted") throw new Error(`A call was ${answer.outcome}.`);
  const settlement = { amounts: { credits: COST }, estimated: false, lingerMs: 0, outcome: "answered" } as const;
  if (!(await store.settle(command.id, answer.fence, settlement))) throw new Error("A call was not settled.");
}
