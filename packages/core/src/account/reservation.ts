import { type CallUse, NO_USE } from "../cost/meter.js";
import { keepTrying } from "../ledger/keep-trying.js";
import { BREAKER, type LedgerStore, type Lesson, type Settlement } from "../ledger/ledger-store.js";
import type { Admitted } from "../ledger/wait-for-turn.js";
import type { WindowRule } from "../tier/tier.js";
import type { AccountCommand, AccountParts } from "./account.js";
import { msUntilTry } from "./break-end.js";
import { chargeOf, chargesOf, freeCharges } from "./claims.js";
import { type Kept, lessonsOf, type WindowHint } from "./learn.js";
import { remainingAfter, type WindowLeft } from "./remaining.js";

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

/** A place that was taken. @param leave called at its end */
export function reservationOf(
  parts: AccountParts,
  { command, windows, hold, size }: AccountCommand,
  store: LedgerStore,
  admitted: Admitted,
  leave: () => void,
): Reservation {
  const { options, queue, leases, expectedCosts, learnedLimits, promptRatios, closed, emit, warn } = parts;
  const { id, label: model } = command;
  const { fence, probes, used, waitedMs } = admitted;
  const held = store.shared ? leases.hold({ id, fence }) : undefined;
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
      if (!settlement.estimated) {
        expectedCosts.learn(model, amounts, size);
        promptRatios.learn(model, size, use.inputTokens, hold.worst.inputTokens);
      }
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
    lessons(hints, kept) {
      const limits = learnedLimits.hear(hints, windows, model);
      const call = { model, windows: learnedLimits.lowered(windows, model), used, hold, fence, kept };
      return [...limits, ...lessonsOf(hints, call, now())];
    },
    left: (use = NO_USE) =>
      remainingAfter(
        learnedLimits.lowered(windows, model),
        used,
        (rule) => chargeOf(rule, hold, use),
        now(),
        options.tier.unit,
      ),
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
