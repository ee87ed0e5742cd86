import { endedWords } from "../../recent/ended-words.js";
import { fullName } from "../../recent/full-name.js";
import type { RecentCall } from "../../recent/recent-call.js";
import { counted, whole } from "./format.js";

const KINDS = { chat: "chat", embedding: "embeddings", image: "image" } as const;

export function nameOf({ model, path, provider }: RecentCall): string {
  return model === "" ? (path ?? "no model named") : fullName(model, provider);
}

/** Who made it: a client by its name, else the program as it calls itself, without its version. */
export function callerOf({ surface, client, user_agent: agent }: RecentCall): string {
  if (surface === "playground") return "playground";
  return client ?? agent?.split(/[/\s(]/, 1)[0] ?? "";
}

/** Empty for a request that became no call: its outcome says so. */
export function kindOf({ endpoint, streamed }: RecentCall): string {
  return endpoint === null ? "" : `${KINDS[endpoint]}${streamed ? ", streamed" : ""}`;
}

/** Why the answer is no longer: `cut at 512 tokens`, `cut: the budget is used up`; `undefined` where there is nothing to say. */
export function endOf(call: RecentCall): string | undefined {
  const { ended, truncated_by_tier: isTruncated, adjusted } = call;
  const words = endedWords(ended);
  if (words !== undefined || !isTruncated) return words;
  const [limit] = adjusted.flatMap(({ to }) => OUTPUT_LIMIT.exec(to)?.[1] ?? []);
  return cutWords(limit === undefined ? undefined : Number(limit));
}

/** What is said of an answer that ends at the tier's limit, as far as that is known. */
export function cutWords(limit: number | undefined): string {
  return limit === undefined ? "cut at the limit of output tokens" : `cut at ${counted(limit, "token")}`;
}

const OUTPUT_LIMIT = /^max(?:_completion|_output)?_tokens=(\d+)$/;

/** One change, as what it was before and what it is after. */
export interface Change {
  readonly field: string;
  /** `undefined` where nothing was asked for. */
  readonly asked: string | undefined;
  readonly given: string;
  /** By which rule. */
  readonly why: string;
}

/** What was changed in a call. What was never sent was not changed for anybody. */
export function changesOf({ adjusted, outcome }: RecentCall): readonly Change[] {
  return outcome === "refused" ? [] : adjusted.map(toChange);
}

/** The changes with which somebody got less than was asked for, or something else. Defaults and other shapes of the same are none. */
export function lossesOf({ adjusted, outcome }: RecentCall): readonly Change[] {
  if (outcome === "refused") return [];
  return adjusted
    .filter(
      ({ from, to, rule, changes_answer: changesAnswer }) =>
        changesAnswer || (rule !== "dialect" && from !== null && !/_requests$|_per_request$/.test(to)),
    )
    .map(toChange);
}

function toChange({ field, from, to, rule }: RecentCall["adjusted"][number]): Change {
  const [name = field, ...value] = to.split("=");
  // A size that becomes a ratio has another field's name.
  const given = name === field ? value.join("=") : `${name} ${value.join("=")}`;
  return {
    field,
    asked: from === null ? undefined : readable(from),
    given: readable(given),
    why: rule === "dialect" ? "as the model takes it" : `rule ${rule}`,
  };
}

function readable(value: string): string {
  return /^\d{4,}$/.test(value) ? whole(Number(value)) : value.replaceAll("_", " ");
}

/** `max_tokens: 4,000 asked, 512 given`. */
export function lossWords({ field, asked, given }: Change): string {
  return asked === undefined ? `${field}: ${given}` : `${field}: ${asked} asked, ${given} given`;
}
