import type { Model } from "../catalog/model.js";
import { bindsModel, matchesModel } from "./binds-model.js";
import { isExclusion } from "./rule-window.js";
import type { MaxOutputTokensRule, Rule, Tier } from "./tier.js";

/** What a message may hold besides text. */
export type InputKind = "image" | "audio" | "file";

/** What a tier leaves of a model, for those who describe it: `GET /v1/models`, LangChain's profile, the configuration of LiteLLM. */
export interface TierLimits {
  /** Whether the tier serves the model: its kind is allowed, and no limit on it is 0. */
  readonly isServed: boolean;
  /** Of the rules on the length of answers, in model tokens, the strictest. Absent where the tier has none. */
  readonly outputRule?: MaxOutputTokensRule;
  /** Model tokens: the model's context, where it is known, or what the tier leaves of it. */
  readonly contextTokens?: number;
  /** What messages may not hold. Of all else nothing is said: what a model can see is documented nowhere. */
  readonly refusedInputs: ReadonlySet<InputKind>;
}

/** The parts in which programs of OpenAI's shape send an input. Forbidding a vendor's own part alone leaves these a way. */
const PART_TYPES: Readonly<Record<InputKind, string>> = { image: "image_url", audio: "input_audio", file: "file" };
const INPUT_KINDS = Object.keys(PART_TYPES) as InputKind[];

/** Reads a tier's rules for one model; `undefined` stands for a chat model that the catalog does not know. Pure. */
export function tierLimits(
  tier: Tier,
  model: Pick<Model, "id" | "modality" | "contextTokens"> | undefined,
): TierLimits {
  const modality = model?.modality ?? "chat";
  const forbidden = new Set<string>();
  let isServed = true;
  let outputRule: MaxOutputTokensRule | undefined;
  let contextTokens = model?.contextTokens ?? Number.POSITIVE_INFINITY;
  for (const rule of tier.rules) {
    if (rule.kind === "allowedModels") {
      isServed &&= model === undefined || matchesModel(rule.models, model.id);
      continue;
    }
    // Of a model that nobody knows only the rules for all are known to bind it.
    if (model === undefined ? rule.models !== undefined : !bindsModel(rule, model.id)) continue;
    if (rule.kind === "allowedModalities") isServed &&= rule.modalities.includes(modality);
    if (rule.kind === "window") isServed &&= !isExclusion(rule);
    if (modality !== "image") contextTokens = Math.min(contextTokens, longestRequest(rule));
    if (modality !== "chat") continue;
    if (rule.kind === "maxOutputTokens" && rule.limit < (outputRule?.limit ?? Number.POSITIVE_INFINITY)) {
      outputRule = rule;
    }
    if (rule.kind === "forbiddenContent") for (const type of rule.partTypes) forbidden.add(type);
  }
  return {
    isServed,
    ...(outputRule === undefined ? {} : { outputRule }),
    ...(Number.isFinite(contextTokens) ? { contextTokens } : {}),
    refusedInputs: new Set(INPUT_KINDS.filter((kind) => forbidden.has(PART_TYPES[kind]))),
  };
}

/** Model tokens of the longest request that a rule lets through at any time. */
function longestRequest(rule: Rule): number {
  if (rule.kind === "maxInputTokens") return rule.limit;
  // The whole request has to fit into it at once.
  const isWhole = rule.kind === "window" && rule.hold === "asked" && rule.limit > 0;
  return isWhole && (rule.meter === "tokens" || rule.meter === "inputTokens") ? rule.limit : Number.POSITIVE_INFINITY;
}
