import type { CallContext } from "./call/context.js";
import { windowsInForce } from "./call/windows-in-force.js";
import type { Modality, Model } from "./catalog/model.js";
import type { AccountView, LedgerStore } from "./ledger/ledger-store.js";
import type { WindowRule } from "./tier/tier.js";
import { answerWithoutCounts } from "./without-counts.js";

/** Which models, and in which order. */
export interface ModelQuery {
  readonly modality?: Modality | undefined;
  /** Part of an id, label or vendor, in any case. */
  readonly search?: string | undefined;
  /** `calls`: most calls left first. @default the catalog's own order */
  readonly sort?: "calls" | undefined;
}

/** A model of the catalog, and how far the budget goes with it. */
export type ModelStatus = Model & {
  /** API tokens of one call: the mean of the newest settled calls, else the published example "Hello". Absent if neither is known. */
  readonly costPerCall?: number;
  /**
   * Calls of that cost that the tier's windows have room for now: Infinity for a model that costs nothing, 0 for all once the budget is
   * spent. Absent while it depends on a cost that is not known, or the ledger can't be read.
   */
  readonly callsLeft?: number;
};

/** Lists models with the calls left of each. Where the ledger fails, they are left out, and a warning says so. */
export async function listModels(context: CallContext, query: ModelQuery = {}): Promise<readonly ModelStatus[]> {
  const { answer, problem } = await answerWithoutCounts(context, (asked) => listWithCalls(asked, query));
  if (problem === undefined) return answer;
  context.warn(`How many calls are left is not known. ${problem.message}`);
  return answer.map(({ callsLeft: _, ...model }) => model);
}

/** @throws LedgerError */
async function listWithCalls(context: CallContext, query: ModelQuery): Promise<readonly ModelStatus[]> {
  const store = await context.ledger();
  const account = await context.account();
  const found = context.options.catalog.models.filter((model) => matches(model, query));
  const listed: ModelStatus[] = [];
  for (const model of found) listed.push(await withCalls(context, store, account, model));
  if (query.sort === "calls") listed.sort((one, other) => (other.callsLeft ?? -1) - (one.callsLeft ?? -1));
  return listed;
}

async function withCalls(
  context: CallContext,
  store: LedgerStore,
  account: string,
  model: Model,
): Promise<ModelStatus> {
  const { tier } = context.options;
  const learned = await context.expectedCosts.of(store, account, model.id);
  const costPerCall = learned ?? (model.hello === undefined ? undefined : model.hello.input + model.hello.output);
  const windows = await windowsInForce(context, tier.proModels.includes(model.id) ? "pro" : "regular");
  const view = await store.view({ account, model: model.id, windows });
  const callsLeft = callsWithin(windows, view, costPerCall);
  return {
    ...model,
    ...(costPerCall === undefined ? {} : { costPerCall }),
    ...(callsLeft === undefined ? {} : { callsLeft }),
  };
}

/** Undefined where a cost that nobody knows decides. */
function callsWithin(
  windows: readonly WindowRule[],
  view: AccountView,
  costPerCall: number | undefined,
): number | undefined {
  if (view.block !== null && view.block.until > view.now) return 0;
  let calls = Number.POSITIVE_INFINITY;
  let isKnown = true;
  for (const [index, { metric, limit }] of windows.entries()) {
    const { used = 0, held = 0 } = view.windows[index] ?? {};
    const left = limit - used - held;
    const each = metric === "requests" ? 1 : costPerCall;
    // Once nothing is left nothing is admitted, whatever it costs.
    if (left <= 0) return 0;
    if (each === undefined) isKnown = false;
    else if (each > 0) calls = Math.min(calls, Math.floor(left / each));
  }
  return isKnown ? calls : undefined;
}

function matches(model: Model, { modality, search }: ModelQuery): boolean {
  if (modality !== undefined && model.modality !== modality) return false;
  if (search === undefined) return true;
  const wanted = search.toLowerCase();
  return [model.id, ...model.aliases, model.label, model.vendor].some((text) => text.toLowerCase().includes(wanted));
}
