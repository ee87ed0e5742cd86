import { keepTrying } from "../ledger/keep-trying.js";
import { BREAKER, type Settlement } from "../ledger/ledger-store.js";
import { waitForTurn } from "../ledger/wait-for-turn.js";
import type { WindowRule } from "../tier/tier.js";
import type { AccountCommand, AccountParts } from "./account.js";
import { amountsOf } from "./claims.js";
import { denialError } from "./denial-error.js";
import { remainingAfter, type WindowLeft } from "./remaining.js";

/** A clock this near to ours is ours, read a moment later. */
const SAME_CLOCK_MS = 1_000;

/** What a call has cost. */
export interface CallEnd extends Omit<Settlement, "amounts"> {
  /** API tokens. */
  readonly cost: number;
}

/** A place in the account: exactly one of `settle` and `cancel` ends it. */
export interface Reservation {
  readonly waitedMs: number;
  /** Aborts, with a `LedgerError`, when the slots are lost: what runs on them has to end at once. */
  readonly lost: AbortSignal | undefined;
  /** The windows that bind the call. */
  readonly windows: readonly WindowRule[];
  /** Whether this call tries whether a block is over, the breaker's or a quota's. */
  readonly probe: boolean;
  /** The ledger's clock: where machines share it, theirs may be wrong. */
  now(): number;
  /** Charges the call and frees its slots. @returns what was charged: the try of an open breaker costs nothing unless it is answered */
  settle(end: CallEnd): Promise<number>;
  /** For a request that never reached the server: as if it had not been. */
  cancel(): Promise<void>;
  /** Remaining quota per window after a call of this cost. */
  left(cost: number): readonly WindowLeft[];
}

/** Takes a call's slots, waiting for them. @throws RetryableLimitError, FatalLimitError, UpstreamError, LedgerError; the signal's reason */
export async function reserve(
  parts: AccountParts,
  { command, windows }: AccountCommand,
  { busyRule, signal }: { readonly busyRule: string | undefined; readonly signal: AbortSignal | undefined },
): Promise<Reservation> {
  const { options, queue, leases, expectedCosts, activeCalls, closed, emit, warn } = parts;
  const { store } = await parts.open();
  const { id, label: model } = command;
  const { promise: active, resolve: endActive } = Promise.withResolvers<void>();
  activeCalls.add(active);
  const stopWaiting = store.shared ? leases.wait() : () => {};
  const leave = (): void => {
    activeCalls.delete(active);
    endActive();
  };
  const { title: tierTitle } = options.tier;
  const admitted = await waitForTurn(command, {
    store,
    queue,
    signal,
    closed,
    patienceMs: options.patienceMs,
    maxQueue: options.maxQueue,
    tierTitle,
    denialError: (denial) => denialError(denial, { tierTitle, windows, remedy: remedyOf(parts, model) }),
    busyRule,
  }).catch((error: unknown) => {
    stopWaiting();
    leave();
    throw error;
  });
  const { fence, probes, used, waitedMs } = admitted;
  const held = store.shared ? leases.hold({ id, fence }) : undefined;
  stopWaiting();
  const skewMs = admitted.now - options.now();
  const now = (): number => options.now() + (Math.abs(skewMs) < SAME_CLOCK_MS ? 0 : skewMs);
  const probe = probes.length > 0;
  if (probe) emit({ type: "probe", at: new Date(options.now()), model });

  // Signs are given until the end is written: a settlement that has to wait for the disk finds its row.
  const end = (): void => {
    held?.end();
    leave();
    queue.ended(command);
  };
  // The answer is there, or its failure is: a store that breaks now must not replace either. The call is ended when it can be.
  const settleOrRetryLater = async (step: () => Promise<unknown>): Promise<void> => {
    try {
      await step();
      end();
    } catch (error) {
      warn((error as Error).message);
      void keepTrying(step, closed).then(end);
    }
  };

  return {
    waitedMs,
    lost: held?.lost,
    windows,
    probe,
    now,
    async settle({ cost, ...settlement }) {
      const isFreeTry = settlement.outcome === "failed" && probes.includes(BREAKER);
      if (settlement.outcome === "answered" && probes.some((name) => name !== BREAKER)) await learnReset(parts, now());
      if (!settlement.estimated) expectedCosts.learn(model, cost);
      const amounts = isFreeTry ? nothing(command.buckets) : amountsOf(windows, { model, cost });
      await settleOrRetryLater(() => store.settle(id, fence, { ...settlement, amounts }));
      return isFreeTry ? 0 : cost;
    },
    cancel: () => settleOrRetryLater(() => store.cancel(id)),
    left: (cost) => remainingAfter(windows, used, cost, now()),
  };
}

function nothing(buckets: readonly { readonly name: string }[]): Record<string, number> {
  return Object.fromEntries(buckets.map(({ name }) => [name, 0]));
}

/** A probe that passed: the budget is there again, and perhaps this tells since when. */
async function learnReset({ learnedReset, emit, warn }: AccountParts, now: number): Promise<void> {
  try {
    const resetHour = await learnedReset.passed(now);
    if (resetHour !== undefined) emit({ type: "reset-learned", at: new Date(now), resetHour });
  } catch (error) {
    warn((error as Error).message);
  }
}

/** Names a model that costs nothing, for a caller whose plan was too large for the day. */
function remedyOf({ options }: AccountParts, model: string): string {
  const free = options.catalog.models.find(
    ({ id, modality, hello }) =>
      id !== model && modality === "chat" && hello !== undefined && hello.input + hello.output === 0,
  );
  return free === undefined ? "" : ` To make a budget last: ${free.id} costs 0.`;
}
