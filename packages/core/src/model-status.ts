import type { Account } from "./account/account.js";
import { blocksOn } from "./account/blocks.js";
import { bucketName, COST_BUCKET } from "./account/bucket-name.js";
import { type CallHold, chargeOf, mustAlwaysFit } from "./account/claims.js";
import type { RemainingWindow } from "./account/look.js";
import type { FormsObeyed } from "./account/obeyed-forms.js";
import type { CallContext } from "./call/call-context.js";
import { hasCostCap, overCostCap } from "./call/cost-cap.js";
import { prepareCall } from "./call/prepare-call.js";
import type { PreparedCall } from "./call/prepared-call.js";
import type { Modality, Model } from "./catalog/model.js";
import { type CostEstimate, estimateCost } from "./cost/estimate-cost.js";
import type { CostBasis } from "./cost/rates.js";
import { sampleBody } from "./cost/sample-call.js";
import { isLaplasError } from "./errors/laplas-error.js";
import { readRequest } from "./request/read-request.js";
import type { WindowRule } from "./tier/tier.js";
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
  /** Id of the provider. */
  readonly provider: string;
  /**
   * What the sample call is expected to cost, in the provider's unit: "Hello" as a message, as a text to embed, or as the prompt of one image.
   * A check of that call has the same figure.
   */
  readonly costPerCall: number;
  /** The most that it can cost, with an answer of full length. */
  readonly worstCostPerCall: number;
  /** What the expected cost rests on. */
  readonly costBasis: CostBasis;
  /**
   * Calls of that cost that the tier's windows have room for now: Infinity for a model that costs nothing; 0 for all once the budget is
   * used up, for models that the tier does not serve, and for images whose price the server has refused since the last reset. Absent where
   * the ledger can't be read.
   */
  readonly callsLeft?: number;
  /** Id of the window that leaves no more of them; absent where none does. */
  readonly callsBoundBy?: string;
  /**
   * How often the model was asked to go on with a cut answer by repeating its end, and how often it did so; counted by all processes of
   * the account. Absent of models that were never asked, and where the ledger can't be read.
   */
  readonly obeyed?: FormsObeyed;
};

/** Lists models with the calls left of each. Where the ledger fails, they are left out, and a warning says so. */
export async function listModels(context: CallContext, query: ModelQuery = {}): Promise<readonly ModelStatus[]> {
  const { answer, problem } = await answerWithoutCounts(context, (asked) => listWithCalls(asked, query));
  if (problem === undefined) return answer;
  context.warn(`How many calls are left is not known. ${problem.message}`);
  return answer.map(({ callsLeft: _, callsBoundBy: _none, obeyed: _neither, ...model }) => model);
}

/** @throws LedgerError */
async function listWithCalls(context: CallContext, query: ModelQuery): Promise<readonly ModelStatus[]> {
  const { account, options } = context;
  const found = options.catalog.models.filter((model) => matches(model, query));
  const look = await account.look(found.map(({ id }) => id));
  const forms = await formsOf(account, found);
  const listed: ModelStatus[] = [];
  for (const model of found) {
    const { isServed } = tierLimits(options.tier, model);
    const prepared = prepareSample(context, model);
    const estimate = prepared?.estimate ?? estimateSample(context, model);
    const { command, hold, isLearned } = await account.commandFor({ model: model.id, estimate });
    const windows = [];
    for (const window of look.windowsOf(model.id)) {
      windows.push({ ...window, each: await chargeEach(account, model.id, window.rule, hold) });
    }
    const isRefused =
      !isServed ||
      blocksOn(command, look).length > 0 ||
      (prepared !== undefined && (await isOverCap(context, prepared)));
    const obeyed = forms.get(model.id);
    listed.push({
      ...model,
      provider: options.provider.id,
      costPerCall: hold.usual.credits,
      worstCostPerCall: Math.max(hold.worst.credits, hold.usual.credits),
      costBasis: isLearned ? "settled" : (estimate.basis ?? "assumed"),
      ...(isRefused ? { callsLeft: 0 } : callsWithin(windows, options.admission === "worst-case")),
      ...(obeyed === undefined ? {} : { obeyed }),
    });
  }
  if (query.sort === "calls") listed.sort((one, other) => (other.callsLeft ?? 0) - (one.callsLeft ?? 0));
  return listed;
}

/** Asked for at once: one after another they would take a server's time to answer for each model. */
async function formsOf(account: Account, models: readonly Model[]): Promise<ReadonlyMap<string, FormsObeyed>> {
  const chats = models.filter(({ modality }) => modality === "chat");
  const forms = await Promise.all(chats.map(async ({ id }) => [id, await account.formsObeyed(id)] as const));
  return new Map(forms.flatMap(([id, form]) => (form === undefined ? [] : [[id, form] as const])));
}

/** The sample call as it would be prepared; `undefined` for one that can't be made here. */
function prepareSample(context: CallContext, { id, modality }: Model): PreparedCall | undefined {
  try {
    return prepareCall(context, modality, sampleBody(id, modality), {});
  } catch (error) {
    if (!isLaplasError(error)) throw error;
    return undefined;
  }
}

/** What can't be made here is estimated all the same. */
function estimateSample({ options }: CallContext, model: Model): CostEstimate {
  const request = readRequest(model.modality, sampleBody(model.id, model.modality));
  return estimateCost(request, model, undefined, options.provider);
}

/** Whether the server has refused its price since the last reset. */
async function isOverCap(context: CallContext, prepared: PreparedCall): Promise<boolean> {
  return hasCostCap(context, prepared) && (await overCostCap(context, prepared));
}

/** What such a call adds to a window. Of what is counted in another way than costs the window's own charges say more. */
async function chargeEach(account: Account, model: string, rule: WindowRule, hold: CallHold): Promise<number> {
  const estimated = chargeOf(rule, hold, hold.usual);
  if (bucketName(rule, model) === COST_BUCKET) return estimated;
  return (await account.expectedCharge(model, rule)) ?? estimated;
}

function callsWithin(
  windows: readonly (RemainingWindow & { readonly each: number })[],
  isWorstCase: boolean,
): Required<Pick<ModelStatus, "callsLeft">> & Pick<ModelStatus, "callsBoundBy"> {
  let callsLeft = Number.POSITIVE_INFINITY;
  let callsBoundBy: string | undefined;
  for (const { rule, used, held, each } of windows) {
    const left = rule.limit - used - held;
    // Once nothing is left nothing is admitted, whatever it costs.
    if (left <= 0) return { callsLeft: 0, callsBoundBy: rule.id };
    // And while anything is, a call is admitted whose cost does not have to fit.
    const least = isWorstCase || mustAlwaysFit(rule) ? 0 : 1;
    const calls = each > 0 ? Math.max(least, Math.floor(left / each)) : Number.POSITIVE_INFINITY;
    if (calls < callsLeft) [callsLeft, callsBoundBy] = [calls, rule.id];
  }
  return { callsLeft, ...(callsBoundBy !== undefined && { callsBoundBy }) };
}

function matches(model: Model, { modality, search }: ModelQuery): boolean {
  if (modality !== undefined && model.modality !== modality) return false;
  if (search === undefined) return true;
  const wanted = search.toLowerCase();
  return [model.id, ...model.aliases, model.label, model.vendor].some((text) => text.toLowerCase().includes(wanted));
}
