import type { CostEstimate } from "../cost/estimate-cost.js";
import { LedgerError } from "../errors/setup-errors.js";
import type { LedgerStore, ReserveCommand, Settlement } from "../ledger/ledger-store.js";
import { waitForTurn } from "../ledger/wait-for-turn.js";
import type { Tier } from "../tier/tier.js";
import type { CallContext } from "./context.js";
import type { FoundModel } from "./find-model.js";
import { windowsInForce } from "./learned-reset.js";
import { type WindowLeft, windowsLeft } from "./window-left.js";

/** Without a sign of its holder for so long, a lease that can't be looked after otherwise is free again. */
const LEASE_MS = 30_000;
const HEARTBEAT_MS = 5_000;
/** A holder that can't give a sign gives up before others may take its place: two would run at once. */
const DEADLINE_MS = 22_500;

/** A place in the account: exactly one of `settle` and `cancel` ends it. */
export interface Reservation {
  readonly waitedMs: number;
  /** Aborts, with a `LedgerError`, when the place is lost: what runs on it has to end at once. */
  readonly lost: AbortSignal | undefined;
  /** Whether this call tries an assumed reset. */
  readonly probe: boolean;
  /** Charges the call and frees the place. */
  settle(settlement: Settlement): Promise<void>;
  /** For a request that never reached the server: as if it had not been. */
  cancel(): Promise<void>;
  /** What is left of the call's windows after a call of this cost. */
  left(apiTokens: number): readonly WindowLeft[];
}

/** The command that asks the ledger for a place. */
export async function reserveCommand(
  context: CallContext,
  store: LedgerStore,
  found: FoundModel,
  estimate: CostEstimate,
): Promise<ReserveCommand> {
  const { tier, reserve } = context.options;
  const account = await context.account();
  const model = found.model?.id ?? found.id;
  const worst = reserve === "worst";
  const expected = (await context.expectedCosts.of(store, account, model)) ?? estimate.expected;
  const modelClass = tier.proModels.includes(model) ? "pro" : "regular";
  return {
    id: crypto.randomUUID(),
    account,
    model,
    modelClass,
    surface: tier.surface,
    heldApiTokens: worst ? estimate.worst : expected,
    countOwnHold: worst,
    windows: await windowsInForce(context, modelClass),
    concurrency: concurrencyOf(tier)?.limit ?? null,
    leaseMs: LEASE_MS,
  };
}

/**
 * Takes a place in the account, waiting for it.
 *
 * @throws RetryableLimitError, FatalLimitError, LedgerError; the signal's reason
 */
export async function reserve(
  context: CallContext,
  found: FoundModel,
  estimate: CostEstimate,
  signal: AbortSignal | undefined,
): Promise<Reservation> {
  const { options, queue, expectedCosts } = context;
  const store = await context.ledger();
  const command = await reserveCommand(context, store, found, estimate);
  const { id, windows } = command;
  const admitted = await waitForTurn(command, {
    store,
    queue,
    signal,
    patienceMs: options.patienceMs,
    maxQueue: options.maxQueue,
    tierTitle: options.tier.title,
    remedy: remedyOf(context, command.model),
    busyRule: concurrencyOf(options.tier)?.id,
  });
  const { fence, probe, used, waitedMs } = admitted;
  if (probe) context.emit({ type: "probe", at: new Date(options.now()), model: command.model });
  const heartbeat = store.shared ? startHeartbeat(store, id, fence) : undefined;
  const { promise: place, resolve: endPlace } = Promise.withResolvers<void>();
  context.places.add(place);
  // The answer is there, or its failure is: a store that breaks now must not replace either. The next call will meet it.
  const quietly = async (step: Promise<unknown>): Promise<void> => {
    try {
      await step;
    } catch (error) {
      context.warn((error as Error).message);
    }
    context.places.delete(place);
    endPlace();
    queue.wakeNext();
  };

  return {
    waitedMs,
    lost: heartbeat?.lost,
    probe,
    async settle(settlement) {
      heartbeat?.stop();
      if (probe && settlement.clearsBlock) await quietlyLearn(context);
      if (!settlement.estimated) expectedCosts.learn(command.model, settlement.apiTokens);
      await quietly(store.settle(id, fence, settlement));
    },
    async cancel() {
      heartbeat?.stop();
      await quietly(store.cancel(id));
    },
    left: (apiTokens) => windowsLeft(windows, used, apiTokens, options.now()),
  };
}

function concurrencyOf(tier: Tier): { readonly id: string; readonly limit: number } | undefined {
  let strictest: { readonly id: string; readonly limit: number } | undefined;
  for (const rule of tier.rules) {
    if (rule.kind === "concurrency" && rule.limit < (strictest?.limit ?? Number.POSITIVE_INFINITY)) strictest = rule;
  }
  return strictest;
}

/** A probe that passed: the budget is there again, and perhaps this tells since when. */
async function quietlyLearn(context: CallContext): Promise<void> {
  const now = context.options.now();
  try {
    const resetHour = await context.learnedReset.passed(now);
    if (resetHour !== undefined) context.emit({ type: "reset-learned", at: new Date(now), resetHour });
  } catch (error) {
    context.warn((error as Error).message);
  }
}

function startHeartbeat(store: LedgerStore, id: string, fence: number): { lost: AbortSignal; stop: () => void } {
  const lost = new AbortController();
  let heardAt = performance.now();
  const lose = (why: string): void => {
    clearInterval(timer);
    lost.abort(
      new LedgerError(
        `The ledger gave this call's place to others, since ${why}, so the call was broken off. Ask again.`,
      ),
    );
  };
  const beat = async (): Promise<void> => {
    try {
      if (!(await store.heartbeat(id, fence, LEASE_MS))) return lose("it had no sign of it for too long");
      heardAt = performance.now();
    } catch (error) {
      // One that fails is made up for by the next, while there is time.
      if (performance.now() - heardAt >= DEADLINE_MS) lose(`it can't be reached (${(error as Error).message})`);
    }
  };
  const timer = setInterval(beat, HEARTBEAT_MS);
  if (typeof timer === "object") timer.unref();
  return { lost: lost.signal, stop: () => clearInterval(timer) };
}

/** Names a model that spends nothing, for whoever planned the day too small. */
function remedyOf({ options }: CallContext, model: string): string {
  const free = options.catalog.models.find(
    ({ id, modality, hello }) =>
      id !== model && modality === "chat" && hello !== undefined && hello.input + hello.output === 0,
  );
  return free === undefined ? "" : ` To make a budget last: ${free.id} costs 0.`;
}
