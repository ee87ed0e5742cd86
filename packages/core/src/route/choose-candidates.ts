import { FatalLimitError } from "../errors/limit-errors.js";
import { type AskedCall, type Candidate, createCandidate } from "./candidate.js";
import type { Place } from "./conversations.js";
import type { FoundTargets } from "./find-targets.js";
import type { Refusal } from "./nobody-answers.js";
import { unfitness } from "./unfit.js";

/** A call that several targets can answer. */
export interface RoutedCall extends AskedCall, FoundTargets {
  /** The name that was asked for. */
  readonly route: string;
}

/** Those that are fit, or all where none is; first the one that has answered the conversation before. */
export function chooseCandidates(
  call: RoutedCall,
  place: Place | undefined,
): { readonly candidates: readonly Candidate[]; readonly leftOut: FoundTargets["leftOut"] } {
  const judged = call.targets.map((target) => ({ target, why: unfitness(target, call.bodies[0]) }));
  const fit = judged.filter(({ why }) => why === undefined);
  const asked = (fit.length > 0 ? fit : judged).map(({ target }) => target);
  const unfit =
    fit.length > 0 ? judged.flatMap(({ target, why }) => (why === undefined ? [] : [{ name: target.name, why }])) : [];
  const isKnown = ({ name }: { readonly name: string }): boolean => name === place?.target;
  const ordered = [...asked.filter(isKnown), ...asked.filter((target) => !isKnown(target))];
  return { candidates: ordered.map((target) => createCandidate(target, call)), leftOut: [...call.leftOut, ...unfit] };
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
