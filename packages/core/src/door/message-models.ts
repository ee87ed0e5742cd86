import { FatalUpstreamError } from "../errors/upstream-errors.js";
import type { ModelCard } from "./model-list.js";

/** A model as Anthropic lists it (platform.claude.com/docs/en/api/models-list, November 2026). */
interface MessageModel {
  readonly type: "model";
  readonly id: string;
  readonly display_name: string;
  /** The epoch where it is unknown. */
  readonly created_at: string;
  readonly max_input_tokens: number | null;
  readonly max_tokens: number | null;
}

/** A page of the chat models that the tier serves. Without a `limit` it holds all. @throws FatalUpstreamError `invalid_request` */
export function messageModels(cards: readonly ModelCard[], query: URLSearchParams): object {
  const all = cards.filter(({ modality }) => modality === "chat");
  const limit = readLimit(query.get("limit"), all.length);
  const [after, before] = [placeOf(all, "after_id", query), placeOf(all, "before_id", query)];
  const rest = all.slice(after === undefined ? 0 : after + 1, before);
  const isBackward = before !== undefined && after === undefined;
  const page = isBackward ? rest.slice(Math.max(0, rest.length - limit)) : rest.slice(0, limit);
  return {
    data: page.map(toMessageModel),
    has_more: page.length < rest.length,
    first_id: page[0]?.id ?? null,
    last_id: page.at(-1)?.id ?? null,
  };
}

export function toMessageModel({ id, created, context_length, max_output_tokens }: ModelCard): MessageModel {
  return {
    type: "model",
    id,
    display_name: id,
    created_at: new Date(created * 1_000).toISOString(),
    max_input_tokens: context_length ?? null,
    max_tokens: max_output_tokens ?? null,
  };
}

function readLimit(given: string | null, all: number): number {
  if (given === null) return all;
  const limit = /^\d{1,4}$/.test(given) ? Number(given) : 0;
  if (limit >= 1 && limit <= 1_000) return limit;
  throw new FatalUpstreamError("invalid_request", '"limit" must be a whole number from 1 to 1000.', { param: "limit" });
}

function placeOf(all: readonly ModelCard[], field: string, query: URLSearchParams): number | undefined {
  const given = query.get(field);
  if (given === null) return undefined;
  const place = all.findIndex(({ id }) => id === given);
  if (place >= 0) return place;
  throw new FatalUpstreamError("invalid_request", `"${field}" is not the id of a model of this list.`, {
    param: field,
  });
}
