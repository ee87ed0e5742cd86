import type { EngineProvider, Laplas, ModelQuery, ModelStatus } from "@laplas/core";
import { isServed, providerOf } from "../provider-of.js";
import { answerJson } from "./answer-json.js";

/** A model, and how far the budget goes with it now. */
export interface CallsLeft {
  readonly id: string;
  readonly label: string;
  readonly vendor: string;
  readonly modality: "chat" | "image" | "embedding";
  readonly aliases: readonly string[];
  /** What the sample call "Hello" is expected to cost, in the unit of the list. */
  readonly cost_per_call: number | null;
  /** The most that it can cost. */
  readonly worst_cost_per_call?: number;
  /** What the expected cost rests on. */
  readonly cost_basis?: ModelStatus["costBasis"];
  /** `null` where the ledger can't be read. */
  readonly calls_left: number | "unlimited" | null;
  /** Draws from a picture, and needs one. */
  readonly needs_picture: boolean;
  /** Of several providers: the id of the one that has it, and what its costs are counted in. */
  readonly provider?: string;
  readonly unit?: string;
}

/** `GET /v1/calls-left`: the tier's models with the calls left of each. @throws LedgerError */
export async function answerCallsLeft(laplas: Laplas): Promise<Response> {
  const data = await readCallsLeft(laplas);
  return answerJson({ object: "list", tier: laplas.tier.name, unit: laplas.tier.unit.name, data });
}

/** The tier's models that a query finds. */
export async function readCallsLeft(laplas: Laplas, query: ModelQuery = {}): Promise<CallsLeft[]> {
  const models = await laplas.models(query);
  const isPool = laplas.providers.length > 1;
  return models
    .filter((model) => isServed(laplas, model))
    .map((model) => ({ ...toCallsLeft(model), ...(isPool ? ofProvider(providerOf(laplas, model.provider)) : {}) }));
}

function ofProvider({ id, tier }: EngineProvider): Pick<CallsLeft, "provider" | "unit"> {
  return { provider: id, unit: tier.unit.name };
}

function toCallsLeft(model: ModelStatus): CallsLeft {
  const { id, label, vendor, modality, aliases, costPerCall, worstCostPerCall, costBasis, callsLeft } = model;
  return {
    id,
    label,
    vendor,
    modality,
    aliases,
    cost_per_call: costPerCall,
    worst_cost_per_call: worstCostPerCall,
    cost_basis: costBasis,
    calls_left: callsLeft === undefined ? null : Number.isFinite(callsLeft) ? callsLeft : "unlimited",
    needs_picture: model.modality === "image" && model.image.referenceImage === "required",
  };
}
