import { FatalLimitError } from "../errors/limit-errors.js";
import { type AskedCall, type Candidate, createCandidate } from "./candidate.js";
import type { Place } from "./conversations.js";
import type { FoundTargets, Target } from "./find-targets.js";
import type { Refusal } from "./nobody-answers.js";
import { fitTargets } from "./unfit.js";

/** A call that several targets can answer. */
export interface RoutedCall extends AskedCall, FoundTargets {
  /** The name that was asked for. */
  readonly route: string;
}

/** The candidates of a call: the target that answered the conversation before comes first. */
export function chooseCandidates(
  call: RoutedCall,
  place: Place | undefined,
): { readonly candidates: readonly Candidate[]; readonly leftOut: FoundTargets["leftOut"] } {
  const { targets, leftOut } = fitTargets(call, call.bodies[0]);
  const isKnown = ({ name }: Target): boolean => name === place?.target;
  const ordered = [...targets.filter(isKnown), ...targets.filter((target) => !isKnown(target))];
  return { candidates: ordered.map((target) => createCandidate(target, call)), leftOut };
}

/** Why none of them answers. */
export function refusalsOf(call: RoutedCall, candidates: readonly Candidate[]): [Refusal, ...Refusal[]] {
  const [first, ...others] = candidates.flatMap(({ target, refusal }) =>
    refusal === undefined ? [] : [{ name: target.name, error: refusal }],
  );
  if (first !== undefined) return [first, ...others];
  // All were left out, or there were none from the start.
  const [left] = call.leftOut;
  const why = left?.why ?? "No provider of this engine has a model for it";
  const error = new FatalLimitError("model_not_on_tier", `${why}.`, { param: "model" });
  return [{ name: left?.name ?? call.route, error }];
}
