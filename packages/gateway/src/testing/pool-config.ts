import { createSandbox, type PresetName, type PresetOptions, type PresetSandbox } from "@laplas/sandbox";
import { onTestFinished } from "vitest";

/** Looks like no other text of a test, so that a leak is found by looking for it. */
export const PRESET_KEY = "gsk-never-show-this-key-either";

/** Stand-ins for providers, and the configuration that asks them. */
export interface PoolConfig {
  readonly presets: Readonly<Partial<Record<PresetName, PresetSandbox>>>;
  readonly entries: readonly { readonly provider: string; readonly baseURL: string; readonly keyVariable: string }[];
  /** The variables that the entries name. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Starts a stand-in for each name, with the settings that are given. */
export async function startPresets(
  names: Readonly<Partial<Record<PresetName, Omit<PresetOptions, "preset">>>>,
): Promise<PoolConfig> {
  const started = await Promise.all(
    Object.entries(names).map(async ([name, settings]) => {
      const preset = await createSandbox({ preset: name as PresetName, ...settings });
      return [name, preset] as const;
    }),
  );
  onTestFinished(async () => {
    await Promise.all(started.map(([, preset]) => preset.close()));
  });
  return {
    presets: Object.fromEntries(started),
    entries: started.map(([provider, { baseURL }]) => ({
      provider,
      baseURL,
      keyVariable: `${provider.toUpperCase()}_API_KEY`,
    })),
    environment: Object.fromEntries(started.map(([name]) => [`${name.toUpperCase()}_API_KEY`, PRESET_KEY])),
  };
}
