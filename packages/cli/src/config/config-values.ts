import { basename } from "node:path";
import { type ConfigSources, configPath, parseConfig, readText, variableLayers } from "./read-config.js";

/** A place in a configuration: `["providers", 0, "tier"]`. */
export type ConfigPath = readonly (string | number)[];

/** What an option is set to, and by what. */
export interface ConfigValue {
  readonly name: string;
  readonly value: unknown;
  /** The variable, or the name of the file. */
  readonly from: string;
  /** What the file has, where a variable goes before it. */
  readonly hidden?: { readonly from: string; readonly value: unknown };
}

/** `providers[0].tier`, or `providers.0.tier`, as a place. */
export function readPath(name: string): ConfigPath {
  return name
    .replace(/\[(\d+)\]/g, ".$1")
    .split(".")
    .map((step) => (/^\d+$/.test(step) ? Number(step) : step));
}

/** The options that the file and the environment set, by their names at the top. @throws InvalidOptionsError */
export function readValues(sources: Omit<ConfigSources, "flags">): readonly ConfigValue[] {
  const { file, environment } = sources;
  const path = configPath(sources);
  const text = readText(path, file === undefined && !environment.LAPLAS_CONFIG);
  if (text !== undefined) parseConfig(text, path);
  const values = new Map<string, ConfigValue>();
  const ofFile = text === undefined ? {} : (JSON.parse(text) as Readonly<Record<string, unknown>>);
  for (const [name, value] of Object.entries(ofFile))
    if (name !== "$schema") values.set(name, { name, value, from: basename(path) });
  for (const { variable, config } of variableLayers(environment)) {
    for (const [name, value] of Object.entries(config)) {
      const before = values.get(name);
      values.set(name, { name, value, from: variable, ...(before && { hidden: before.hidden ?? before }) });
    }
  }
  return [...values.values()];
}

/** The value at a place within another; `undefined` where there is none. */
export function valueAt(value: unknown, [step, ...rest]: ConfigPath): unknown {
  if (step === undefined) return value;
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return undefined;
  // A list has a length, which is no option.
  if (Array.isArray(value) && typeof step === "string") return undefined;
  return valueAt((value as Readonly<Record<string | number, unknown>>)[step], rest);
}

/** Options whose values nobody has to see. */
const SECRETS: ReadonlySet<string> = new Set(["apiKey", "token"]);

/** The same without keys and tokens. */
export function withoutSecrets(value: unknown, name = ""): unknown {
  if (SECRETS.has(name)) return "(hidden)";
  if (Array.isArray(value)) return value.map((item) => withoutSecrets(item));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutSecrets(item, key)]));
}
