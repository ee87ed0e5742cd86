import type { CallContext } from "./call/context.js";
import { withLearnedReset } from "./call/windows-in-force.js";
import type { WindowRule } from "./tier/tier.js";

/** One window of the tier, now. */
export interface WindowStatus {
  /** Id of the rule. */
  readonly rule: string;
  readonly metric: "requests" | "apiTokens";
  readonly limit: number;
  readonly used: number;
  /** Expected cost of the calls that run now. */
  readonly held: number;
  readonly left: number;
  readonly resetsAt: Date;
}

/** The account, now. */
export interface Status {
  readonly tier: string;
  /** Where the account is kept. */
  readonly ledger: string;
  /** Windows counted for the tier or a class. What is left for one model is told by `check`. */
  readonly windows: readonly WindowStatus[];
  readonly running: number;
  readonly waiting: number;
  /** The calls that run, then those that wait in the order of their turns; at most 50. */
  readonly calls: readonly { readonly model: string; readonly state: "running" | "waiting"; readonly since: Date }[];
  /** Until when the upstream itself said that the budget is used up. */
  readonly blockedUntil?: Date;
}

const MOST_CALLS = 50;

/** Reads the account. @throws LedgerError */
export async function readStatus(context: CallContext): Promise<Status> {
  const { tier } = context.options;
  const rules = tier.rules.filter((rule): rule is WindowRule => rule.kind === "window" && rule.per === "tier");
  const windows = await withLearnedReset(context, rules);
  const store = await context.ledger();
  const account = await context.account();
  const view = await store.view({ account, model: "", windows });
  const calls = await store.liveCalls(account, MOST_CALLS);
  return {
    tier: tier.name,
    ledger: store.name,
    windows: windows.map((rule, index) => {
      const { used = 0, held = 0, resetsAt = view.now } = view.windows[index] ?? {};
      return {
        rule: rule.id,
        metric: rule.metric,
        limit: rule.limit,
        used,
        held,
        left: Math.max(0, rule.limit - used - held),
        resetsAt: new Date(resetsAt),
      };
    }),
    running: view.running,
    waiting: view.waiting,
    calls: calls.map(({ since, ...call }) => ({ ...call, since: new Date(since) })),
    ...(view.block === null || view.block.until <= view.now ? {} : { blockedUntil: new Date(view.block.until) }),
  };
}
