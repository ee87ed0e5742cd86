import type { CallsLeft } from "./calls-left.js";
import { costWords } from "./cost.js";
import { counted, whole } from "./format.js";
import { ask } from "./session.js";

/** The part of a model's card at `GET /v1/models` that is shown. */
export interface PlayCard {
  readonly id: string;
  readonly context_length?: number;
  readonly max_output_tokens?: number;
  readonly dimensions?: number;
  readonly capabilities: Readonly<Record<string, unknown>>;
}

/** A model to play with: how far the budget goes with it, and what it can do. */
export interface PlayModel extends CallsLeft {
  /** `undefined` until the models' cards are read, or where the gateway lists it under other names. */
  readonly card: PlayCard | undefined;
}

/** The cards of the playground's models, by id. Empty where they can't be had: then the list shows less. */
export async function fetchCards(): Promise<ReadonlyMap<string, PlayCard>> {
  try {
    const response = await ask("playground/v1/models");
    const { data = [] } = (await response.json()) as { data?: readonly PlayCard[] };
    return new Map(data.map((card) => [card.id, card]));
  } catch {
    return new Map();
  }
}

/** What a model can do, in words that can be searched for. */
export function abilitiesOf({ card }: Pick<PlayModel, "card">): readonly string[] {
  const { tools, response_format: json, reasoning } = card?.capabilities ?? {};
  return [
    ...(tools === true ? ["tools"] : []),
    ...(json === true ? ["JSON"] : []),
    ...(reasoning === true ? ["reasoning"] : []),
  ];
}

/** `128k context`, `1M context`. */
export function contextWords(tokens: number): string {
  if (tokens >= 1_000_000) return `${Math.floor(tokens / 100_000) / 10}M context`;
  return tokens >= 1_000 ? `${Math.floor(tokens / 1_000)}k context` : `${whole(tokens)} tokens context`;
}

/** What a model costs and holds: `about 16 API tokens a call`, `128k context`, `512 tokens an answer`. */
export function factsOf({ cost_per_call: cost, unit, card }: PlayModel, tierUnit: string): readonly string[] {
  const { context_length: context, max_output_tokens: most, dimensions } = card ?? {};
  return [
    ...(cost === null ? [] : [cost === 0 ? "free" : `about ${costWords(cost, unit ?? tierUnit)} a call`]),
    ...(context === undefined ? [] : [contextWords(context)]),
    ...(most === undefined ? [] : [`${counted(most, "token")} an answer`]),
    ...(dimensions === undefined ? [] : [counted(dimensions, "dimension")]),
  ];
}
