import { WHOLE_ACCOUNT } from "./account/account.js";
import type { CallContext } from "./call/call-context.js";
import { type Metric, metricOf, unitOf } from "./cost/meter.js";
import { isInForce } from "./ledger/admit.js";

/** One window of the tier, now. */
export interface WindowStatus {
  /** Id of the rule. */
  readonly rule: string;
  readonly metric: Metric;
  /** What is counted, in words: `API tokens`. */
  readonly unit: string;
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
  /** Windows that count several models together. What is left for one model is told by `check`. */
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
export async function readStatus({ account, options }: CallContext): Promise<Status> {
  const look = await account.lookAtTier();
  const calls = await account.liveCalls(MOST_CALLS);
  const { store } = await account.open();
  const blocked = look.blocks.find((block) => block.name === WHOLE_ACCOUNT && isInForce(block, look.now));
  return {
    tier: options.tier.name,
    ledger: store.name,
    windows: look.windows.map(({ rule, used, held, resetsAt }) => ({
      rule: rule.id,
      metric: metricOf(rule.meter, options.tier.unit),
      unit: unitOf(rule.meter, options.tier.unit),
      limit: rule.limit,
      used,
      held,
      left: Math.max(0, rule.limit - used - held),
      resetsAt: new Date(resetsAt),
    })),
    running: look.running,
    waiting: look.waiting,
    calls: calls.map(({ label, state, since }) => ({ model: label, state, since: new Date(since) })),
    ...(blocked === undefined ? {} : { blockedUntil: new Date(blocked.until) }),
  };
}
