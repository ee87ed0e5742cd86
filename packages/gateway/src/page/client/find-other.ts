import type { CheckBody } from "../../routes/check-body.js";
import { byCallsLeft, byCost, type CallsLeft } from "./calls-left.js";
import { ask } from "./session.js";

/** A request of each kind that costs the least. */
export const SMALLEST: Readonly<Record<CallsLeft["modality"], object>> = {
  chat: { messages: [{ role: "user", content: "Hello" }] },
  embedding: { input: "Hello" },
  image: { prompt: "A boat" },
};

/** The gateway judges no more at once. */
const MOST_ASKED = 200;

/** Others of the same kind, the likeliest to answer first: those with the most calls left, and the cheapest of those. */
export function othersLike(models: readonly CallsLeft[], asked: CallsLeft): readonly CallsLeft[] {
  return models
    .filter((model) => model.id !== asked.id && model.modality === asked.modality && !model.needs_picture)
    .sort((one, other) => byCallsLeft(one, other) || byCost(one, other));
}

/** Those of which the error for an unknown name says "Did you mean", nearest first. */
export function nearOf(models: readonly CallsLeft[], message: string | null): readonly CallsLeft[] {
  const names = /Did you mean (.+?)\?/.exec(message ?? "")?.[1]?.split(/ or |, /) ?? [];
  return names.flatMap((name) => models.find(({ id, needs_picture: needs }) => id === name && !needs) ?? []);
}

/**
 * A model of the same kind that would answer now. The gateway is asked, since a model of unknown cost has no count of calls left
 * that would tell.
 *
 * @param near those that come first of all
 * @returns `null` if none would, `undefined` if nothing is known
 */
export async function findOther(
  models: readonly CallsLeft[],
  asked: CallsLeft,
  path: "v1" | "playground/v1" = "playground/v1",
  near: readonly CallsLeft[] = [],
): Promise<CallsLeft | null | undefined> {
  const others = [...new Set([...near, ...othersLike(models, asked)])].slice(0, MOST_ASKED);
  try {
    const response = await ask(`${path}/check`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ requests: others.map(({ id, modality }) => ({ model: id, ...SMALLEST[modality] })) }),
    });
    const { results } = (await response.json()) as { results: readonly CheckBody[] };
    return others[results.findIndex(({ verdict }) => verdict !== "refuse")] ?? null;
  } catch {
    return undefined;
  }
}
