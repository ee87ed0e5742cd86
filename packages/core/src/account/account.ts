import type { ClosingSignal } from "../closing.js";
import type { CostEstimate, CostSize } from "../cost/estimate-cost.js";
import type { CallUse } from "../cost/meter.js";
import type { LaplasEvent } from "../events.js";
import type { LedgerStore, LiveCall, ReserveAnswer, ReserveCommand } from "../ledger/ledger-store.js";
import { createTurnQueue, type TurnQueue } from "../ledger/turn-queue.js";
import type { Elsewhere } from "../ledger/wait-for-turn.js";
import type { ResolvedOptions } from "../options.js";
import type { Tier, WindowRule } from "../tier/tier.js";
import { accountName } from "./account-name.js";
import { msUntilTry } from "./break-end.js";
import { bucketName } from "./bucket-name.js";
import { bucketsOf, type CallHold, claimsOf } from "./claims.js";
import { createExpectedCosts, type ExpectedCosts } from "./expected-costs.js";
import { createLearnedLimits, type LearnedLimits } from "./learned-limits.js";
import { createLearnedReset, type LearnedReset } from "./learned-reset.js";
import { createLeases, LEASE_MS, type Leases } from "./leases.js";
import { type AccountLook, lookAt, type RemainingWindow } from "./look.js";
import { createObeyedForms, type FormsObeyed } from "./obeyed-forms.js";
import { createPromptRatios, type PromptRatios } from "./prompt-ratios.js";
import type { Reservation } from "./reservation.js";
import { attempt, type NoPlace, reserve } from "./reserve.js";
import { modelScope, WHOLE_ACCOUNT } from "./scopes.js";
import { usageLessons } from "./usage-lessons.js";
import { createUsageReader, type UsageReader } from "./usage-reader.js";
import { countedWindows, isAssumedDay, windowsOf, withResetHour } from "./windows.js";

export { modelScope, WHOLE_ACCOUNT } from "./scopes.js";

/** A call as its account sees it. */
export interface AccountCall {
  /** Primary id of the model. */
  readonly model: string;
  readonly estimate: CostEstimate;
}

/** A call in the ledger's terms. */
export interface AccountCommand {
  readonly command: ReserveCommand;
  /** The windows that bind the call, aligned to the command's claims. */
  readonly windows: readonly WindowRule[];
  readonly hold: CallHold;
  /** What its cost is learned by. */
  readonly size: CostSize | undefined;
  /** Whether the usual cost was learned from settled calls. */
  readonly isLearned: boolean;
}

/** One key at one server: it knows which buckets a call falls into, and asks the ledger in claims. */
export interface Account {
  /** The store and the account's name in it: opened with the first use. @throws LedgerError */
  open(): Promise<{ readonly store: LedgerStore; readonly name: string }>;
  commandFor(call: AccountCall): Promise<AccountCommand>;
  /** What a reservation would be answered now. */
  peek(call: AccountCall): Promise<{ readonly answer: ReserveAnswer } & AccountCommand>;
  /**
   * Takes a call's slots, waiting for them.
   *
   * @param options.ahead for a further request of a call that was admitted before: it waits before the calls that have not begun, and no
   *   full queue refuses it. @default false
   * @throws RetryableLimitError, FatalLimitError, UpstreamError, LedgerError; the signal's reason
   */
  reserve(
    call: AccountCall,
    signal: AbortSignal | undefined,
    options?: { readonly ahead?: boolean },
  ): Promise<Reservation>;
  /** The same, until the call has found a place elsewhere. Then `undefined`. */
  reserveUnless(
    call: AccountCall,
    signal: AbortSignal | undefined,
    elsewhere: Elsewhere,
  ): Promise<Reservation | undefined>;
  /** Takes a call's slots if they are free at once, and leaves nothing behind if not. @throws LedgerError; an error where the engine is closed */
  attempt(call: AccountCall): Promise<Reservation | NoPlace>;
  /** The windows that bind a model's calls, as they begin here; for no model, those that bind all. */
  windowsFor(model: string | undefined): Promise<readonly WindowRule[]>;
  /** What windows hold now, in one step: asked for the models that will be asked about. */
  look(models: readonly (string | undefined)[]): Promise<AccountLook>;
  /** The same for the windows that count several models together. */
  lookAtTier(): Promise<AccountLook & { readonly windows: readonly RemainingWindow[] }>;
  /** What calls of a model have cost; `undefined` until one was settled. */
  expectedCost(model: string): Promise<number | undefined>;
  /** What a window was charged for them. */
  expectedCharge(model: string, rule: WindowRule): Promise<number | undefined>;
  liveCalls(limit: number): Promise<readonly LiveCall[]>;
  /** Counts whether a model that was asked to go on with its answer in a certain form did so. It never fails. */
  noteForm(model: string, obeyed: boolean): Promise<void>;
  /** How often it did; `undefined` where it was never asked. @throws LedgerError */
  formsObeyed(model: string): Promise<FormsObeyed | undefined>;
  /** Milliseconds until the breaker lets one call try; 0 where it is closed, or may be tried now. @throws LedgerError */
  msUntilTry(): Promise<number>;
  readonly learnedReset: LearnedReset;
  /** By rule id, the limit that the server named last, where it named one. @throws LedgerError */
  saidLimits(): Promise<ReadonlyMap<string, number>>;
  /** Absent where the provider can't be asked. */
  readonly usage: UsageReader | undefined;
  /** One promise for each call that waits or holds a slot, resolved with its end. */
  readonly activeCalls: ReadonlySet<Promise<void>>;
  /** Wakes all that wait, when the engine is closed. */
  wakeAll(): void;
}

/** What an account needs of its engine. */
export interface AccountOptions {
  readonly options: ResolvedOptions;
  ledger(): Promise<LedgerStore>;
  /** Aborts when the engine is closed: what fails afterwards has been broken off. */
  readonly closed: ClosingSignal;
  emit(event: LaplasEvent): void;
  warn(message: string): void;
}

/** The parts of an account that its steps share. */
export interface AccountParts extends AccountOptions {
  open(): Promise<{ readonly store: LedgerStore; readonly name: string }>;
  readonly queue: TurnQueue;
  readonly leases: Leases;
  readonly expectedCosts: ExpectedCosts;
  readonly learnedReset: LearnedReset;
  readonly learnedLimits: LearnedLimits;
  readonly promptRatios: PromptRatios;
  readonly activeCalls: Set<Promise<void>>;
}

export function createAccount(accountOptions: AccountOptions): Account {
  const { options, ledger } = accountOptions;
  const { tier } = options;
  let name: Promise<string> | undefined;
  const open = async (): Promise<{ store: LedgerStore; name: string }> => {
    name ??= accountName(options.baseURL, options.apiKey);
    return { store: await ledger(), name: await name };
  };
  const concurrency = concurrencyOf(tier);
  const parts: AccountParts = {
    ...accountOptions,
    open,
    queue: createTurnQueue(options.clock),
    leases: createLeases(open),
    expectedCosts: createExpectedCosts(open),
    learnedReset: createLearnedReset(open),
    learnedLimits: createLearnedLimits(open, options.provider.signals.headers),
    promptRatios: createPromptRatios(),
    activeCalls: new Set(),
  };

  const forms = createObeyedForms(open);

  const inForce = async (windows: readonly WindowRule[], model = ""): Promise<readonly WindowRule[]> => {
    const dated = windows.some(isAssumedDay) ? withResetHour(windows, await parts.learnedReset.hour()) : windows;
    return parts.learnedLimits.inForce(dated, model);
  };
  const sharedWindows = (): Promise<readonly WindowRule[]> =>
    inForce(countedWindows(tier).filter(({ scope }) => scope !== "model"));
  const usage = createUsageReader({
    ...accountOptions,
    async learn(hints) {
      const windows = await sharedWindows();
      const lessons = [...parts.learnedLimits.hear(hints, windows, ""), ...usageLessons(hints, windows)];
      const { store, name } = await open();
      if (lessons.length > 0) await store.teach(name, lessons);
    },
  });
  const windowsFor = (model: string | undefined): Promise<readonly WindowRule[]> =>
    inForce(windowsOf(tier, model), model);

  /** Prompts differ more than prices do: of tokens each call's own estimate is better than what others have used. */
  const usualUse = async (model: string, { expected, size }: CostEstimate): Promise<CallUse | undefined> => {
    const credits = await parts.expectedCosts.ofCall(model, size);
    return credits === undefined ? undefined : { ...expected, credits };
  };

  const commandFor = async ({ model, estimate }: AccountCall): Promise<AccountCommand> => {
    const isWorstCase = options.admission === "worst-case";
    const learned = isWorstCase ? undefined : await usualUse(model, estimate);
    const usual = learned ?? (isWorstCase ? estimate.worst : estimate.expected);
    const worst = isWorstCase ? estimate.worst : parts.promptRatios.worstOf(model, estimate);
    const hold = { usual, worst, estimated: estimate.worst };
    const windows = await windowsFor(model);
    const { name: account } = await open();
    const command: ReserveCommand = {
      id: crypto.randomUUID(),
      account,
      label: model,
      buckets: bucketsOf(windows, model, hold),
      claims: claimsOf(windows, model, isWorstCase),
      slots: concurrency === undefined ? [] : [{ name: WHOLE_ACCOUNT, limit: concurrency.limit }],
      scopes: [WHOLE_ACCOUNT, modelScope(model)],
      patienceMs: options.patienceMs,
      leaseMs: LEASE_MS,
    };
    return { command, windows, hold, size: estimate.size, isLearned: learned !== undefined };
  };

  return {
    open,
    commandFor,
    windowsFor,
    learnedReset: parts.learnedReset,
    saidLimits: () => parts.learnedLimits.said(tier.rules),
    usage,
    activeCalls: parts.activeCalls,
    async peek(call) {
      const wanted = await commandFor(call);
      const { store } = await open();
      return { ...wanted, answer: await store.peek(wanted.command) };
    },
    async reserve(call, signal, { ahead = false } = {}) {
      const wanted = await commandFor(call);
      const command = ahead ? { ...wanted.command, ahead } : wanted.command;
      return reserve(parts, { ...wanted, command }, { busyRule: concurrency?.id, signal });
    },
    reserveUnless: async (call, signal, elsewhere) =>
      reserve(parts, await commandFor(call), { busyRule: concurrency?.id, signal }, elsewhere),
    attempt: async (call) => attempt(parts, await commandFor(call)),
    async look(models) {
      const windows = new Map<string | undefined, readonly WindowRule[]>();
      for (const model of models) windows.set(model, await windowsFor(model));
      return lookAt(await open(), windows);
    },
    async lookAtTier() {
      const windows = await sharedWindows();
      const look = await lookAt(await open(), new Map([[undefined, windows]]));
      return { ...look, windows: look.windowsOf(undefined) };
    },
    msUntilTry: async () => msUntilTry(await open()),
    expectedCost: (model) => parts.expectedCosts.of(model),
    expectedCharge: async (model, rule) =>
      rule.meter === "requests" ? 1 : parts.expectedCosts.of(model, bucketName(rule, model)),
    async liveCalls(limit) {
      const { store, name: account } = await open();
      return store.liveCalls(account, limit);
    },
    noteForm: (model, obeyed) => forms.note(model, obeyed),
    formsObeyed: (model) => forms.of(model),
    wakeAll: () => parts.queue.wakeAll(),
  };
}

function concurrencyOf(tier: Tier): { readonly id: string; readonly limit: number } | undefined {
  let strictest: { readonly id: string; readonly limit: number } | undefined;
  for (const rule of tier.rules) {
    if (rule.kind === "concurrency" && rule.limit < (strictest?.limit ?? Number.POSITIVE_INFINITY)) strictest = rule;
  }
  return strictest;
}
