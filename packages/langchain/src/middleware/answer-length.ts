import type { FoundModel } from "./chat-laplas-in.js";

/** Options of a model call, as a middleware hands them on. */
export type ModelSettings = Readonly<Record<string, unknown>>;

/** Of a follow-up's tokens, about so much goes on: the rest is the end that it repeats. */
const NEW_SHARE = 0.9;

/**
 * The settings with which a model continues its answers. What the call, the model or its environment say goes first; a model of
 * another vendor gets none, because it would not know them.
 */
export function continuingSettings(
  found: FoundModel | undefined,
  settings: ModelSettings | undefined,
  continueAtCap: number,
): Record<string, unknown> {
  const own = settings?.continueAtCap ?? found?.bound.continueAtCap ?? found?.model.continueAtCap;
  return { ...settings, ...(found === undefined || own !== undefined ? {} : { continueAtCap }) };
}

/** How long one answer may be, in model tokens, follow-ups included; `undefined` where no limit is known. */
export function answerTokens(found: FoundModel | undefined, settings: ModelSettings | undefined): number | undefined {
  const limit = found?.model.profile.maxOutputTokens;
  const set = (name: "continueAtCap" | "maxTokens"): unknown => {
    return settings?.[name] ?? found?.bound[name] ?? found?.model[name];
  };
  const followUps = Number(set("continueAtCap") ?? 0);
  const limits = [limit && limit + followUps * Math.floor(limit * NEW_SHARE), set("maxTokens")];
  const least = Math.min(...limits.filter((tokens): tokens is number => typeof tokens === "number"));
  return Number.isFinite(least) ? least : undefined;
}
