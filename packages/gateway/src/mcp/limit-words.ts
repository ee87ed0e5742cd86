import type { EngineProvider, Modality, Rule } from "@laplas/core";
import { tierBody } from "../recent/tier-body.js";
import type { Scene } from "./scene.js";

/** Of one provider so many limits are named, of several fewer. */
const MOST_LIMITS = 6;
const MOST_OF_EACH = 3;

/** Rules that say something of every call. */
const SHARED: readonly Rule["kind"][] = ["concurrency", "window"];
const OF_MODALITY: Readonly<Record<Modality, readonly Rule["kind"][]>> = {
  chat: ["maxOutputTokens", "maxInputTokens", ...SHARED],
  image: ["maxImages", "maxImageSize", "maxRequestCost", ...SHARED],
  embedding: ["maxInputTokens", ...SHARED],
};

/** The limits of the tiers in force that bind calls of a kind, in a sentence for a tool's description. */
export function limitWords({ laplas, continueAtCap }: Scene, modality: Modality): string {
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
  // Those of all models first: limits of single models come by the dozen.
  const ofAll = bound.filter(({ rule }) => rule.models === undefined);
  const shown = (ofAll.length === 0 ? bound : ofAll).slice(0, most).map(({ given }) => given);
  if (shown.length === 0) return [];
  return [`${tier.title}: ${shown.join(", ")}${shown.length < bound.length ? ", and more by model" : ""}`];
}
