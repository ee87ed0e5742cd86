import { WHOLE_ACCOUNT } from "./account/account.js";
import { bucketName } from "./account/bucket-name.js";
import { isOff } from "./account/off.js";
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
  /** Id of the provider. */
  readonly provider: string;
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
  /** Set where the provider serves nothing before somebody pays: nothing is sent until `resume()`. */
  readonly paymentRequired?: true;
}

const MOST_CALLS = 50;

/** Reads the account. @throws LedgerError */
export async function readStatus({ account, options }: CallContext): Promise<Status> {
  const look = await account.lookAtTier();
  const calls = await account.liveCalls(MOST_CALLS);
  const { store } = await account.open();
  // What closes a bucket of all calls closes the account.
  const names = new Set<string>([WHOLE_ACCOUNT]);
  for (const { rule } of look.windows) if (rule.scope === "account") names.add(bucketName(rule, ""));
  const blocks = look.blocks.filter((block) => names.has(block.name) && isInForce(block, look.now));
  const isClosed = blocks.some(({ code }) => isOff(code));
  const until = Math.max(...blocks.map((block) => block.until));
  return {
    provider: options.provider.id,
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
    ...(isClosed ? { paymentRequired: true } : blocks.length === 0 ? {} : { blockedUntil: new Date(until) }),
  };
}
