import { modelScope, WHOLE_ACCOUNT } from "./account/account.js";
import type { AccountLook, RemainingWindow } from "./account/look.js";
import type { CallContext } from "./call/call-context.js";
import type { Modality, Model } from "./catalog/model.js";
import { isInForce } from "./ledger/admit.js";
import { tierLimits } from "./tier/tier-limits.js";
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
   * used up, and for models that the tier does not serve. Absent while it depends on a cost that is not known, or the ledger can't be read.
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
  const { account, options } = context;
  const found = options.catalog.models.filter((model) => matches(model, query));
  const look = await account.look(found.map(({ id }) => id));
  const listed: ModelStatus[] = [];
  for (const model of found) {
    const { isServed } = tierLimits(options.tier, model);
    const learned = await account.expectedCost(model.id);
    const costPerCall = learned ?? (model.hello === undefined ? undefined : model.hello.input + model.hello.output);
    const windows = [];
    for (const window of look.windowsOf(model.id)) {
      const charge = await account.expectedCharge(model.id, window.rule);
      windows.push({ ...window, each: charge ?? (window.rule.meter === "credits" ? costPerCall : undefined) });
    }
    const callsLeft = !isServed || isBlocked(model, look) ? 0 : callsWithin(windows);
    listed.push({
      ...model,
      ...(costPerCall === undefined ? {} : { costPerCall }),
      ...(callsLeft === undefined ? {} : { callsLeft }),
    });
  }
  if (query.sort === "calls") listed.sort((one, other) => (other.callsLeft ?? -1) - (one.callsLeft ?? -1));
  return listed;
}

function isBlocked({ id }: Model, { blocks, now }: AccountLook): boolean {
  const names: string[] = [WHOLE_ACCOUNT, modelScope(id)];
  return blocks.some((block) => names.includes(block.name) && isInForce(block, now));
}

/** Undefined where what a call adds to a window is not known, and decides. */
function callsWithin(
  windows: readonly (RemainingWindow & { readonly each: number | undefined })[],
): number | undefined {
  let calls = Number.POSITIVE_INFINITY;
  let isKnown = true;
  for (const { rule, used, held, each } of windows) {
    const left = rule.limit - used - held;
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
