import { type CallUse, NO_USE } from "../cost/meter.js";
import { keepTrying } from "../ledger/keep-trying.js";
import { BREAKER, type Lesson, type Settlement } from "../ledger/ledger-store.js";
import { waitForTurn } from "../ledger/wait-for-turn.js";
import type { WindowRule } from "../tier/tier.js";
import { tierLimits } from "../tier/tier-limits.js";
import type { AccountCommand, AccountParts } from "./account.js";
import { msUntilTry } from "./break-end.js";
import { chargeOf, chargesOf, freeCharges } from "./claims.js";
import { denialError } from "./denial-error.js";
import { type Kept, lessonsOf, type WindowHint } from "./learn.js";
import { remainingAfter, type WindowLeft } from "./remaining.js";
import { windowsOf } from "./windows.js";

/** A clock this near to ours is ours, read a moment later. */
const SAME_CLOCK_MS = 1_000;

/** How a call ended, and what it has used. */
export interface CallEnd extends Omit<Settlement, "amounts"> {
  readonly use: CallUse;
}

/** A place in the account: exactly one of `settle`, `waive` and `cancel` ends it. */
export interface Reservation {
  readonly waitedMs: number;
  /** Aborts, with a `LedgerError`, when the slots are lost: what runs on them has to end at once. */
  readonly lost: AbortSignal | undefined;
  /** The windows that bind the call. */
  readonly windows: readonly WindowRule[];
  /** Whether this call tries whether a block is over, the breaker's or a quota's. */
  readonly probe: boolean;
  /** Whether it is a quota's: then a refusal tells that the reset has not happened. */
  readonly triesReset: boolean;
  /** How long the provider may go on with a request whose connection broke. */
  readonly lingerMs: number;
  /** The ledger's clock: where machines share it, theirs may be wrong. */
  now(): number;
  /** Charges the call and frees its slots. @returns what was charged: the try of an open breaker costs nothing unless it is answered */
  settle(end: CallEnd): Promise<CallUse>;
  /** For a request that the provider answered with an error: it is free, except in windows that count failures. */
  waive(): Promise<void>;
  /** For a request that never reached the server, or that it refused for a limit: as if it had not been. */
  cancel(): Promise<void>;
  /** What an answer's hints teach of the windows. */
  lessons(hints: readonly WindowHint[], kept: Kept): Lesson[];
  /** Remaining quota per window after this request, if it uses so much. @default nothing but the request itself */
  left(use?: CallUse): readonly WindowLeft[];
}

/** Takes a call's slots, waiting for them. @throws RetryableLimitError, FatalLimitError, UpstreamError, LedgerError; the signal's reason */
export async function reserve(
  parts: AccountParts,
  { command, windows, hold, size }: AccountCommand,
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
    denialError: (denial) =>
      denialError(denial, {
        tier: options.tier,
        windows,
        model,
        remedy:
          denial.reason === "window"
            ? remedyOf(
                parts,
                model,
                windows.find(({ id }) => id === denial.rule),
              )
            : "",
      }),
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
  const triesReset = probes.some((name) => name !== BREAKER);
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

  const cancel = (): Promise<void> => settleOrRetryLater(() => store.cancel(id));

  return {
    waitedMs,
    lost: held?.lost,
    windows,
    probe,
    triesReset,
    lingerMs: options.provider.lingerMs,
    now,
    async settle({ use, ...settlement }) {
      const isFreeTry = settlement.outcome === "failed" && probes.includes(BREAKER);
      if (settlement.outcome === "answered" && triesReset) await learnReset(parts, now());
      const amounts = isFreeTry ? freeCharges(windows, model) : chargesOf(windows, model, hold, use);
      if (!settlement.estimated) expectedCosts.learn(model, amounts, size);
      await settleOrRetryLater(() => store.settle(id, fence, { ...settlement, amounts }));
      if (!settlement.estimated) await expectedCosts.save(model);
      if (settlement.outcome === "failed") await reportBreak(parts);
      if (settlement.outcome === "answered" && probes.includes(BREAKER))
        emit({ type: "breaker", at: new Date(options.now()), state: "closed" });
      return isFreeTry ? NO_USE : use;
    },
    async waive() {
      if (!windows.some(({ countsFailures }) => countsFailures === true)) return cancel();
      const amounts = freeCharges(windows, model);
      await settleOrRetryLater(() =>
        store.settle(id, fence, { amounts, estimated: true, lingerMs: 0, outcome: "other" }),
      );
    },
    cancel,
    lessons: (hints, kept) => [
      ...lessonsOf(hints, { model, windows, used, hold, fence, kept }, now()),
      ...parts.saidLimits.lessons(hints, windows, model),
    ],
    left: (use = NO_USE) =>
      remainingAfter(windows, used, (rule) => chargeOf(rule, hold, use), now(), options.tier.unit),
  };
}

async function reportBreak({ open, options, emit, warn }: AccountParts): Promise<void> {
  try {
    const breakMs = await msUntilTry(await open());
    const at = options.now();
    if (breakMs > 0) emit({ type: "breaker", at: new Date(at), state: "open", until: new Date(at + breakMs) });
  } catch (error) {
    warn((error as Error).message);
  }
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

/**
 * Names a model that costs nothing, for a caller whose plan was too large for the day: one that the tier serves and that no window binds. A
 * window that is full stops what costs nothing as well.
 */
function remedyOf({ options }: AccountParts, model: string, full: WindowRule | undefined): string {
  if (full?.meter !== "credits") return "";
  const { catalog, tier } = options;
  const free = catalog.models.find(
    (one) =>
      one.id !== model &&
      one.modality === "chat" &&
      one.hello !== undefined &&
      one.hello.input + one.hello.output === 0 &&
      windowsOf(tier, one.id).length === 0 &&
      tierLimits(tier, one).isServed,
  );
  return free === undefined ? "" : ` To make a budget last: ${free.id} costs 0.`;
}
