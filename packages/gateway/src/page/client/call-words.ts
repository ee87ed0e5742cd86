import type { RecentCall } from "../../recent/recent-call.js";
import { whole } from "./format.js";

const KINDS = { chat: "chat", embedding: "embeddings", image: "image" } as const;

export function nameOf({ model, path, provider }: RecentCall): string {
  if (model === "") return path ?? "no model named";
  return provider === undefined || model.startsWith(`${provider}/`) ? model : `${provider}/${model}`;
}

/** Who made it: a client by its name, else the program as it calls itself, without its version. */
export function callerOf({ surface, client, user_agent: agent }: RecentCall): string {
  if (surface === "playground") return "playground";
  return client ?? agent?.split(/[/\s(]/, 1)[0] ?? "";
}

export function kindOf({ endpoint, streamed }: RecentCall): string {
  return endpoint === null ? "turned away" : `${KINDS[endpoint]}${streamed ? ", streamed" : ""}`;
}

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
