import { quote } from "../../errors/quote.js";
import type { EarlierTier } from "../../provider/resolve-tier.js";
import type { Rule } from "../../tier/tier.js";

/**
 * Tier documents of the first edition had words of laplas's own: API tokens as a metric, two classes of models, and two surfaces, the API
 * and the Playground. They are read until the next minor version.
 */

type Fields = Readonly<Record<string, unknown>>;

/** The Playground's own rule. It was one for regular models, and for calls in the Playground. */
const PLAYGROUND_RULE = "daily_requests";

/** Turns a document of the first edition into one of today that means the same; `undefined` for any other. */
export function readFirstEditionTier(document: unknown, inherited: readonly Rule[]): EarlierTier | undefined {
  if (!isFields(document) || !isFirstEdition(document)) return undefined;
  const { surface: ownSurface, proModels: listed, rules: given, ...others } = document;
  const surface = ownSurface ?? (document.extends === "playground" ? "playground" : "api");
  const proModels = Array.isArray(listed) ? listed.filter((name) => typeof name === "string") : [];
  const words = new Map<string, string>();
  if (ownSurface !== undefined) words.set(`"surface": ${JSON.stringify(ownSurface)}`, NO_SURFACE);
  if (listed !== undefined) words.set('"proModels"', '"models" of a rule');
  const dropped = new Set<string>();
  // What is no list stays as it is, so that the check finds it.
  const own: readonly unknown[] = Array.isArray(given) ? given : [];
  const rules = own.map((rule) => (isWindow(rule) ? readWindow(rule, proModels, { words, surface }) : rule));
  for (const rule of own) {
    if (!isWindow(rule) || typeof rule.id !== "string") continue;
    const isElsewhere = typeof rule.surface === "string" && rule.surface !== "both" && rule.surface !== surface;
    if (isElsewhere || (rule.class === "pro" && proModels.length === 0)) dropped.add(rule.id);
  }
  const playgroundRule = inherited.find(({ id }) => id === PLAYGROUND_RULE);
  if (playgroundRule !== undefined && !own.some((rule) => isFields(rule) && rule.id === PLAYGROUND_RULE)) {
    if (surface !== "playground") dropped.add(PLAYGROUND_RULE);
    else if (proModels.length > 0) rules.push({ ...playgroundRule, models: regular(proModels) });
  }
  return {
    document: {
      ...others,
      ...(ownSurface === undefined || SURFACES.has(ownSurface) ? {} : { surface: ownSurface }),
      ...(listed === undefined || Array.isArray(listed) ? {} : { proModels: listed }),
      rules: Array.isArray(given) ? rules : given,
    },
    dropped,
    warning: `The tier ${quote(document.name)} is written in words of the first edition, which the next minor version no longer reads. ${[...words].map(([old, now]) => `Instead of ${old} write ${now}.`).join(" ")}`,
  };
}

function isFirstEdition({ surface, proModels, rules }: Fields): boolean {
  if (surface !== undefined || proModels !== undefined) return true;
  return (
    Array.isArray(rules) && rules.some((rule) => isFields(rule) && OLD_FIELDS.some((name) => Object.hasOwn(rule, name)))
  );
}

const SURFACES: ReadonlySet<unknown> = new Set(["api", "playground"]);
const NO_SURFACE = 'nothing: the Playground is the tier "playground"';
const NO_PRO_MODELS = "nothing: a tier without Pro models has regular ones alone";
const OLD_FIELDS = ["metric", "per", "class", "surface"] as const;

/** A window in today's words. What was wrong then stays as it is, so that the check finds it. */
function readWindow(
  rule: Fields,
  proModels: readonly string[],
  { words, surface }: { readonly words: Map<string, string>; readonly surface: unknown },
): Fields {
  const window: Record<string, unknown> = { ...rest(rule) };
  const replace = (old: (typeof OLD_FIELDS)[number], now: string): void => {
    if (rule[old] !== undefined) words.set(`"${old}": ${JSON.stringify(rule[old])}`, now);
  };
  if (rule.metric !== undefined) window.meter = rule.metric === "apiTokens" ? "credits" : rule.metric;
  replace("metric", `"meter": ${JSON.stringify(window.meter)}`);
  const models = rule.class === "pro" ? proModels : rule.class === "regular" ? regular(proModels) : [];
  if (models.length > 0) window.models = models;
  window.scope = rule.per === "model" ? "model" : models.length > 0 ? "pool" : "account";
  replace("per", `"scope": ${JSON.stringify(window.scope)}`);
  replace("class", models.length > 0 ? `"models": ${JSON.stringify(models)}` : NO_PRO_MODELS);
  const bindsNothing = rule.surface !== "both" && rule.surface !== surface;
  if (rule.surface !== undefined && bindsNothing)
    words.set(
      `${quote(rule.id)} with "surface": ${JSON.stringify(rule.surface)}`,
      "nothing: that rule binds no call here",
    );
  else replace("surface", NO_SURFACE);
  return window;
}

/** The fields of a rule that stand as they are, wrong ones included. */
function rest({ metric: _, per, class: kind, surface, ...others }: Fields): Fields {
  const isKnown = (value: unknown, ...values: string[]): boolean =>
    values.includes(value as string) || value === undefined;
  return {
    ...others,
    ...(isKnown(per, "model", "tier") ? {} : { per }),
    ...(isKnown(kind, "regular", "pro") ? {} : { class: kind }),
    ...(isKnown(surface, "api", "playground", "both") ? {} : { surface }),
  };
}

/** All models but the Pro ones. Without Pro models these are all that there are, which needs no word. */
function regular(proModels: readonly string[]): string[] {
  return proModels.length === 0 ? [] : ["*", ...proModels.map((name) => `!${name}`)];
}

function isWindow(value: unknown): value is Fields {
  return isFields(value) && value.kind === "window";
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
