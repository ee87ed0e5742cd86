import type { CostEstimate } from "../cost/estimate-cost.js";
import { LedgerError } from "../errors/setup-errors.js";
import { keepTrying } from "../ledger/keep-trying.js";
import type { LedgerStore, ReserveCommand, Settlement } from "../ledger/ledger-store.js";
import { HEARTBEAT_MS } from "../ledger/retention.js";
import { waitForTurn } from "../ledger/wait-for-turn.js";
import type { Tier, WindowRule } from "../tier/tier.js";
import type { CallContext } from "./context.js";
import type { FoundModel } from "./find-model.js";
import { type WindowLeft, windowsLeft } from "./window-left.js";
import { windowsInForce } from "./windows-in-force.js";

/** Without a sign of its holder for so long, a lease that can't be looked after otherwise is free again. */
const LEASE_MS = 30_000;
/** A clock this near to ours is ours, read a moment later. */
const SAME_CLOCK_MS = 1_000;
/** A holder that can't give a sign gives up before others may take its place: two would run at once. */
const DEADLINE_MS = 22_500;

/** A place in the account: exactly one of `settle` and `cancel` ends it. */
export interface Reservation {
  readonly waitedMs: number;
  /** Aborts, with a `LedgerError`, when the place is lost: what runs on it has to end at once. */
  readonly lost: AbortSignal | undefined;
  /** The windows that bind the call. */
  readonly windows: readonly WindowRule[];
  /** Whether this call tries an assumed reset. */
  readonly probe: boolean;
  /** The ledger's clock: where machines share it, theirs may be wrong. */
  now(): number;
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
  const { promise: place, resolve: endPlace } = Promise.withResolvers<void>();
  context.places.add(place);
  const leave = (): void => {
    context.places.delete(place);
    endPlace();
  };
  const admitted = await waitForTurn(command, {
    store,
    queue,
    signal,
    closed: context.closed,
    patienceMs: options.patienceMs,
    maxQueue: options.maxQueue,
    tierTitle: options.tier.title,
    remedy: remedyOf(context, command.model),
    busyRule: concurrencyOf(options.tier)?.id,
  }).catch((error: unknown) => {
    leave();
    throw error;
  });
  const { fence, probe, used, waitedMs } = admitted;
  const skewMs = admitted.now - options.now();
  const now = (): number => options.now() + (Math.abs(skewMs) < SAME_CLOCK_MS ? 0 : skewMs);
  if (probe) context.emit({ type: "probe", at: new Date(options.now()), model: command.model });
  const heartbeat = store.shared ? startHeartbeat(store, id, fence) : undefined;
  const end = (): void => {
    leave();
    queue.wakeNext();
  };
  // The answer is there, or its failure is: a store that breaks now must not replace either. The place is ended when it can be.
  const quietly = async (step: () => Promise<unknown>): Promise<void> => {
    try {
      await step();
      end();
    } catch (error) {
      context.warn((error as Error).message);
      void keepTrying(step, context.closed).then(end);
    }
  };

  return {
    waitedMs,
    lost: heartbeat?.lost,
    windows,
    probe,
    now,
    async settle(settlement) {
      heartbeat?.stop();
      if (probe && settlement.clearsBlock) await quietlyLearn(context, now());
      if (!settlement.estimated) expectedCosts.learn(command.model, settlement.apiTokens);
      await quietly(() => store.settle(id, fence, settlement));
    },
    async cancel() {
      heartbeat?.stop();
      await quietly(() => store.cancel(id));
    },
    left: (apiTokens) => windowsLeft(windows, used, apiTokens, now()),
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
async function quietlyLearn(context: CallContext, now: number): Promise<void> {
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
      new LedgerError(`This call has lost its place in the ledger, since ${why}, so it was broken off. Ask again.`),
    );
  };
  const beat = async (): Promise<void> => {
    // The lease counts from before the answer, so that the holder never believes in it for longer than others do.
    const askedAt = performance.now();
    try {
      if (!(await store.heartbeat(id, fence, LEASE_MS)))
        return lose("no sign of it came in time or the ledger lost its data");
      heardAt = askedAt;
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
