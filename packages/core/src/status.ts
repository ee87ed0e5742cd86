import { WHOLE_ACCOUNT } from "./account/account.js";
import { bucketName } from "./account/bucket-name.js";
import type { AccountLook, RemainingWindow } from "./account/look.js";
import { isOff } from "./account/off.js";
import { modelScope } from "./account/scopes.js";
import type { CallContext } from "./call/call-context.js";
import { type CostUnit, type Metric, metricOf, unitOf } from "./cost/meter.js";
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
  /**
   * When all of it is back; once nothing is left, when a call can pass again. Of windows that free bit by bit and have something left, the
   * latest that it can be.
   */
  readonly resetsAt: Date;
}

/** What a model has used of the windows that count it by itself. */
export interface ModelUse {
  /** As its provider names it. */
  readonly model: string;
  readonly windows: readonly WindowStatus[];
  /** Until when the upstream itself said that the model's budget is used up. */
  readonly blockedUntil?: Date;
  /** Set where the provider does not serve it on this plan: nothing is sent until `resume()`. */
  readonly isOff?: true;
}

/** What a status is to say beside windows of all calls. */
export interface StatusQuery {
  /** The use of each model, where windows count models by themselves. No list of models is fetched. @default false */
  readonly models?: boolean | undefined;
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
  /** Where it was asked for: the models that have used something of windows that count each model by itself, or are blocked. */
  readonly models?: readonly ModelUse[];
  /** Set where the provider serves nothing before somebody pays: nothing is sent until `resume()`. */
  readonly paymentRequired?: true;
}

const MOST_CALLS = 50;

/** Reads the account. @throws LedgerError */
export async function readStatus(context: CallContext, { models = false }: StatusQuery = {}): Promise<Status> {
  const { account, options } = context;
  const look = await account.lookAtTier();
  const calls = await account.liveCalls(MOST_CALLS);
  const { store } = await account.open();
  // What closes a bucket of all calls closes the account.
  const names = new Set<string>([WHOLE_ACCOUNT]);
  for (const { rule } of look.windows) if (rule.scope === "account") names.add(bucketName(rule, ""));
  const blocked = blockedBy(look, names);
  return {
    provider: options.provider.id,
    tier: options.tier.name,
    ledger: store.name,
    windows: look.windows.map((window) => windowStatus(window, options.tier.unit, look.now)),
    running: look.running,
    waiting: look.waiting,
    calls: calls.map(({ label, state, since }) => ({ model: label, state, since: new Date(since) })),
    ...(models ? { models: await readModelUse(context) } : {}),
    ...(blocked === "off" ? { paymentRequired: true } : blocked === undefined ? {} : { blockedUntil: blocked }),
  };
}

/** @throws LedgerError */
async function readModelUse({ account, options }: CallContext): Promise<readonly ModelUse[]> {
  const { catalog, tier } = options;
  if (!tier.rules.some((rule) => rule.kind === "window" && rule.scope === "model" && rule.limit > 0)) return [];
  await catalog.recall?.();
  const ids = catalog.models.map(({ id }) => id);
  const look = await account.look(ids);
  return ids.flatMap((model): ModelUse[] => {
    const own = look.windowsOf(model).filter(({ rule }) => rule.scope === "model" && rule.limit > 0);
    const names = new Set<string>([modelScope(model), ...own.map(({ rule }) => bucketName(rule, model))]);
    const blocked = blockedBy(look, names);
    if (blocked === undefined && own.every(({ used, held }) => used + held <= 0)) return [];
    const windows = own.map((window) => windowStatus(window, tier.unit, look.now));
    if (blocked === "off") return [{ model, windows, isOff: true }];
    return [{ model, windows, ...(blocked === undefined ? {} : { blockedUntil: blocked }) }];
  });
}

/** How long the blocks of some names last that are in force: `off` is until somebody asks again by hand. */
function blockedBy(
  { blocks, now }: Pick<AccountLook, "blocks" | "now">,
  names: ReadonlySet<string>,
): "off" | Date | undefined {
  const inForce = blocks.filter((block) => names.has(block.name) && isInForce(block, now));
  if (inForce.some(({ code }) => isOff(code))) return "off";
  return inForce.length === 0 ? undefined : new Date(Math.max(...inForce.map(({ until }) => until)));
}

function windowStatus(window: RemainingWindow, unit: CostUnit, now: number): WindowStatus {
  const { rule, used, held } = window;
  return {
    rule: rule.id,
    metric: metricOf(rule.meter, unit),
    unit: unitOf(rule.meter, unit),
    limit: rule.limit,
    used,
    held,
    left: Math.max(0, rule.limit - used - held),
    resetsAt: new Date(resetOf(window, now)),
  };
}

/** A store tells when a call can pass, which is now as long as anything is left of what frees bit by bit. */
function resetOf({ rule: { period, limit }, used, held, resetsAt }: RemainingWindow, now: number): number {
  const taken = used + held;
  if (taken <= 0 || taken >= limit) return resetsAt;
  if (period.type === "bucket") return now + Math.ceil((taken / limit) * period.spanMs);
  return period.type === "rolling" ? now + period.spanMs : resetsAt;
}
