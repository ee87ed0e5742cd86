import { cloudflare } from "./cloudflare.js";
import { gemini } from "./gemini.js";
import { groq } from "./groq.js";
import { mistral } from "./mistral.js";
import { openrouter } from "./openrouter.js";
import type { Preset, PresetName } from "./preset.js";
import type { PresetSettings } from "./preset-settings.js";

const presets: Readonly<Record<PresetName, (settings: PresetSettings) => Preset>> = {
  groq,
  gemini,
  openrouter,
  mistral,
  cloudflare,
};

export const presetNames: readonly PresetName[] = ["groq", "gemini", "openrouter", "mistral", "cloudflare"];

/** The description of a provider under these settings. Throws a `TypeError` on a name or limit that does not exist. */
export function resolvePreset(name: PresetName, settings: PresetSettings): Preset {
  if (!presetNames.includes(name)) throw new TypeError(`preset must be one of ${presetNames.join(", ")}`);
  const preset = presets[name](settings);
  const limits = settings.limits ?? {};
  for (const [id, changed] of Object.entries(limits)) checkLimits(preset, id, changed);
  const models = preset.models.map((model) => {
    const changed = { ...limits["*"], ...limits[model.id] };
    const own = Object.entries(changed).filter(([window]) => window in model.limits);
    return { ...model, limits: { ...model.limits, ...Object.fromEntries(own) } };
  });
  return { ...preset, models };
}

function checkLimits({ name, models, windows }: Preset, id: string, changed: Readonly<Record<string, number>>): void {
  if (id !== "*" && !models.some((model) => model.id === id)) throw new TypeError(`limits: ${name} has no model ${id}`);
  for (const [window, limit] of Object.entries(changed)) {
    const rule = windows.find((candidate) => candidate.id === window);
    if (!rule) throw new TypeError(`limits: ${name} has no window ${window}`);
    if (rule.scope === "account" && id !== "*")
      throw new TypeError(`limits: ${window} is the account's, give it under *`);
    if (!(limit >= 0)) throw new TypeError(`limits: ${window} must be a number from 0`);
  }
}
