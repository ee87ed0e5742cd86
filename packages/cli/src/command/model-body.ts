import type { ModelStatus } from "@laplas/core";

/** A model as JSON. `calls_left` is null where it is not known, or where `unlimited` says that there is no limit. */
export function modelBody(model: ModelStatus): object {
  const { id, aliases, label, vendor, modality, contextTokens, callsLeft: calls, rates } = model;
  return {
    id,
    object: "model",
    provider: model.provider,
    aliases,
    label,
    vendor,
    modality,
    context_length: contextTokens ?? null,
    cost_per_call: model.costPerCall,
    worst_cost_per_call: model.worstCostPerCall,
    cost_basis: model.costBasis,
    calls_left: calls === undefined || calls === Number.POSITIVE_INFINITY ? null : calls,
    calls_bound_by: model.callsBoundBy ?? null,
    unlimited: calls === Number.POSITIVE_INFINITY,
    rates: rates ?? null,
    obeyed: model.obeyed ?? null,
    tools: model.modality === "chat" ? model.capabilities.tools : null,
    dimensions: model.modality === "embedding" ? (model.embedding.dimensions ?? null) : null,
  };
}
