import type { CostPath, Provider } from "../provider/provider.js";
import { type FieldPath, memberOf, valueAt } from "../provider/value-at.js";
import type { JsonObject } from "../request/wire-types.js";
import type { CallUse, TokenMeter } from "./meter.js";

/** What an answer says of its request's use. A meter that it does not mention is missing. */
export type ToldUse = Partial<CallUse>;

/** What an answer's `usage` counts: model tokens, or the cost itself. */
export type UsageCounts = CostPath["usageCounts"];

/** An answer's own words on its use. */
export interface ToldUsage {
  readonly use: ToldUse;
  readonly counts: UsageCounts;
}

/** A provider's places, taken apart once. */
interface Places {
  readonly costs: readonly { readonly path: FieldPath; readonly counts: UsageCounts }[];
  /** Objects beside `usage` that have a figure of the cost. They may have counts of model tokens as well. */
  readonly others: readonly FieldPath[];
  /** Root fields without which an answer says nothing: most chunks of a stream have none. */
  readonly roots: readonly string[];
  /** Of an answer that has no figure anywhere. */
  readonly otherwise: UsageCounts;
}

const known = new WeakMap<readonly CostPath[], Places>();

function placesOf(costPaths: readonly CostPath[]): Places {
  const found = known.get(costPaths);
  if (found !== undefined) return found;
  const costs = costPaths.map(({ path, usageCounts }) => ({ path: path.split("."), counts: usageCounts }));
  const parents = costs.map(({ path }) => path.slice(0, -1).join("."));
  const others = [...new Set(parents)].filter((parent) => parent !== "" && parent !== "usage");
  const places: Places = {
    costs,
    others: others.map((parent) => parent.split(".")),
    roots: [...new Set(["usage", ...costs.map(({ path: [root = ""] }) => root)])],
    otherwise: costs.at(-1)?.counts ?? "tokens",
  };
  known.set(costPaths, places);
  return places;
}

/**
 * What the provider says a request used. The first of its places that has a figure is the cost, and says what `usage` counts. Names of
 * model tokens are those of OpenAI's older or newer interface.
 */
export function readUsage(
  answer: Readonly<JsonObject>,
  { costPaths, unit }: Pick<Provider, "costPaths" | "unit">,
): ToldUsage {
  const { costs, others, roots, otherwise } = placesOf(costPaths);
  if (roots.every((root) => (answer[root] ?? undefined) === undefined)) return { counts: otherwise, use: {} };
  const place = costs.find(({ path }) => amount(valueAt(answer, path)) !== undefined);
  const counts = place?.counts ?? otherwise;
  const figure = place === undefined ? undefined : amount(valueAt(answer, place.path));

  const sources = others.map((path) => valueAt(answer, path));
  if (counts === "tokens") sources.push(answer.usage);
  const find = (name: string): number | undefined => {
    for (const source of sources) {
      const value = amount(memberOf(source, name));
      if (value !== undefined) return value;
    }
    return undefined;
  };
  const { input: inputTokens, output: outputTokens } = sidesOf(find);
  const tokens = find("total_tokens") ?? sumOf({ input: inputTokens, output: outputTokens });
  const sides = counts === "cost" ? sidesOf((name) => amount(memberOf(answer.usage, name))) : NO_SIDES;
  return {
    counts,
    use: {
      // Of a provider that counts model tokens the two sides are the cost as well as their total.
      ...told("credits", figure ?? (unit.field === "tokens" ? tokens : undefined) ?? sumOf(sides)),
      ...told("tokens", tokens),
      ...told("inputTokens", inputTokens),
      ...told("outputTokens", outputTokens),
    },
  };
}

/** What is said of the two sides of a call. */
export interface Sides {
  readonly input: number | undefined;
  readonly output: number | undefined;
}

export const NO_SIDES: Sides = { input: undefined, output: undefined };

/** @param find the figure of a name */
export function sidesOf(find: (name: string) => number | undefined): Sides {
  return {
    input: find("prompt_tokens") ?? find("input_tokens"),
    output: find("completion_tokens") ?? find("output_tokens"),
  };
}

function sumOf({ input, output }: Sides): number | undefined {
  return input === undefined || output === undefined ? undefined : input + output;
}

function told(meter: TokenMeter, value: number | undefined): ToldUse {
  return value === undefined ? {} : { [meter]: value };
}

/** No figure is larger, so that the sum of two is still exact. */
export const LARGEST_AMOUNT: number = Math.floor(Number.MAX_SAFE_INTEGER / 2);

/** A figure that can be one of use. */
export function amount(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) && value >= 0
    ? Math.min(value, LARGEST_AMOUNT)
    : undefined;
}
