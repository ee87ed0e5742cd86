import type { EngineProvider, Modality, Rule } from "@laplas/core";
import { someModels, tierBody } from "../recent/tier-body.js";
import type { Scene } from "./scene.js";

/** Of one provider so many limits are named, of several fewer. */
const MOST_LIMITS = 5;
const MOST_OF_EACH = 2;

/** Rules that say something of every call. */
const SHARED: readonly Rule["kind"][] = ["concurrency", "window"];
const OF_MODALITY: Readonly<Record<Modality, readonly Rule["kind"][]>> = {
  chat: ["maxOutputTokens", "maxInputTokens", ...SHARED],
  image: ["maxImages", "maxImageSize", "maxRequestCost", ...SHARED],
  embedding: ["maxInputTokens", ...SHARED],
};

/** The limits of the tiers in force that bind calls of a kind, in a sentence for a tool's description. */
export function limitWords({ laplas, continueAtCap, usual }: Scene, modality: Modality): string {
  if (usual[modality] === undefined) return `No ${modality} model is known here.`;
  const { providers } = laplas;
  const most = providers.length > 1 ? MOST_OF_EACH : MOST_LIMITS;
  const followUps = continueAtCap ?? laplas.continueAtCap;
  const limits = providers.flatMap((provider) => wordsOf(provider, modality, followUps, most));
  return limits.length === 0 ? "No limits are known." : `Limits: ${limits.join("; ")}.`;
}

function wordsOf({ tier }: EngineProvider, modality: Modality, followUps: number, most: number): string[] {
  const binds = (rule: Rule): boolean =>
    OF_MODALITY[modality].includes(rule.kind) &&
    (rule.kind !== "maxRequestCost" || rule.modalities.includes(modality)) &&
    !(rule.kind === "window" && rule.limit === 0);
  const { rules } = tierBody(tier, followUps);
  const bound = tier.rules.flatMap((rule, index) => (binds(rule) ? [{ rule, given: rules[index]?.given ?? "" }] : []));
  // Windows of single models come by the dozen.
  const ofOne = bound.filter(({ rule }) => rule.kind === "window" && rule.models !== undefined);
  const others = bound.filter((one) => !ofOne.includes(one));
  const shown = [...others, ...ofOne].slice(0, most);
  if (shown.length === 0) return [];
  const words = shown.map(
    ({ rule, given }) => `${given.charAt(0).toLowerCase()}${given.slice(1)}${someModels(rule.models)}`,
  );
  return [`${tier.title}: ${words.join(", ")}${shown.length < bound.length ? ", and more by model" : ""}`];
}
