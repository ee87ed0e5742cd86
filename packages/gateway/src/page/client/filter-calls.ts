import type { RecentCall } from "../../recent/recent-call.js";
import { callerOf, endOf, lossesOf, nameOf } from "./call-words.js";
import { createSearch } from "./create-search.js";
import { isTrouble } from "./present-trouble.js";

/** What is looked for among the calls; empty texts look for everything. */
export interface CallFilter {
  readonly search: string;
  readonly model: string;
  readonly caller: string;
  readonly outcome: "" | keyof typeof OUTCOMES;
}

export const EVERYTHING: CallFilter = { search: "", model: "", caller: "", outcome: "" };

const WAITED_MS = 100;

/** Outcomes that can be looked for, in words. */
export const OUTCOMES = {
  answered: "answered",
  trouble: "refused or failed",
  less: "less than asked for",
  waited: "waited",
  left: "aborted",
} as const;

const IS: Readonly<Record<keyof typeof OUTCOMES, (call: RecentCall) => boolean>> = {
  answered: ({ outcome }) => outcome === "answered",
  trouble: isTrouble,
  less: (call) => lossesOf(call).length > 0 || (endOf(call) !== undefined && call.ended !== "max_tokens"),
  waited: hasWaited,
  left: ({ outcome }) => outcome === "aborted",
};

export function hasWaited({ waited_ms: waitedMs }: Pick<RecentCall, "waited_ms">): boolean {
  return waitedMs >= WAITED_MS;
}

export function filterCalls(calls: readonly RecentCall[], filter: CallFilter): readonly RecentCall[] {
  const isFound = createSearch(filter.search);
  return calls.filter((call) => {
    if (filter.model !== "" && nameOf(call) !== filter.model) return false;
    if (filter.caller !== "" && callerOf(call) !== filter.caller) return false;
    if (filter.outcome !== "" && !IS[filter.outcome](call)) return false;
    return isFound(textsOf(call));
  });
}

function textsOf(call: RecentCall): readonly (string | null)[] {
  const { request_id: id, code, message, rule, user_agent: agent, asked_model: asked, prompt } = call;
  return [nameOf(call), callerOf(call), id, code, message, rule, agent, asked, prompt];
}

/** What can be chosen, each once, in the order of the alphabet. */
export function choicesOf(calls: readonly RecentCall[], of: (call: RecentCall) => string): readonly string[] {
  return [...new Set(calls.map(of))].filter(Boolean).sort();
}
