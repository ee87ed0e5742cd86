import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { countFault, InvalidOptionsError, isDocumentPath, resolveTier } from "@laplas/core";
import type { z } from "zod";
import { reasonOf } from "../terminal/system-error.js";
import { configSchema, engineRows, type GatewayConfig, namesAt } from "./config-schema.js";
import { jsonFaultLine } from "./json-fault.js";
import { readEntries } from "./provider-entry.js";

/** Where a configuration comes from. */
export interface ConfigSources {
  /** The file named on the command line; else LAPLAS_CONFIG, else `laplas.config.json` if there is one. */
  readonly file?: string | undefined;
  /** What the command line says; it wins. */
  readonly flags?: GatewayConfig | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly directory: string;
}

export const CONFIG_FILE = "laplas.config.json";

/** Every variable, the option it sets, and what its text becomes. A client's token from the environment belongs to "default". */
const VARIABLES: Readonly<Record<string, (value: string) => GatewayConfig>> = {
  ...Object.fromEntries(
    engineRows.flatMap(([name, { variable, is, max }]) =>
      variable === undefined
        ? []
        : [[variable, (value: string) => ({ [name]: is === "count" ? readCountOf(value, variable, max) : value })]],
    ),
  ),
  LAPLAS_HOST: (host) => ({ host }),
  LAPLAS_PORT: (port) => ({ port: readPort(port, "LAPLAS_PORT") }),
  LAPLAS_PUBLIC_URL: (publicURL) => ({ publicURL }),
  LAPLAS_GATEWAY_TOKEN: (token) => ({ clients: [{ name: "default", token }] }),
  LAPLAS_ALLOWED_HOSTS: (names) => ({ allowedHosts: listOf(names) }),
  LAPLAS_ALLOWED_ORIGINS: (names) => ({ allowedOrigins: listOf(names) }),
  LAPLAS_SHOW_PROMPTS: (text) => ({ showPrompts: readSwitch(text, "LAPLAS_SHOW_PROMPTS") }),
  LAPLAS_LOG: (log) => ({ log: log as "json" }),
};

/**
 * Reads the configuration: the command line wins over the environment, and that over the file.
 *
 * @throws InvalidOptionsError naming the file or variable, the field, and what would be right; never a value that may be secret
 */
export function readConfig({ file, flags = {}, environment, directory }: ConfigSources): GatewayConfig {
  const ofFile = readFile(file ?? environment.LAPLAS_CONFIG, directory);
  let config: GatewayConfig = ofFile;
  for (const layer of variableLayers(environment)) config = { ...config, ...withTierPath(layer.config, directory) };
  const given = Object.entries(flags).filter(([, value]) => value !== undefined);
  const said = withTierPath(Object.fromEntries(given), directory);
  if (said.tier !== undefined && config.providers !== undefined) {
    throw new InvalidOptionsError('--tier can\'t say whose tier it is: write "tier" into the entry of "providers".');
  }
  // Checked here, since the engine would call it by the name of its own option.
  if (said.tier !== undefined) resolveTier(said.tier, { option: "--tier" });
  else if (config.tier === ofFile.tier) requireTiers(config, `${configPath({ file, environment, directory })}: `);
  return { ...config, ...said };
}

/** The options that variables set, in the order in which later ones win. @throws InvalidOptionsError */
export function variableLayers(
  environment: ConfigSources["environment"],
): readonly { readonly variable: string; readonly config: GatewayConfig }[] {
  return Object.entries(VARIABLES).flatMap(([variable, toConfig]) => {
    const value = environment[variable];
    return value === undefined || value === "" ? [] : [{ variable, config: check(toConfig(value), variable) }];
  });
}

/** The path of the file, whether it is there or not. */
export function configPath({ file, environment, directory }: Omit<ConfigSources, "flags">): string {
  return resolve(directory, file ?? (environment.LAPLAS_CONFIG || CONFIG_FILE));
}

/** The path of a tier's document starts where it is written: in the configuration's folder, or in the working one. */
function withTierPath(config: GatewayConfig, folder: string): GatewayConfig {
  const { tier } = config;
  return typeof tier === "string" && isDocumentPath(tier) ? { ...config, tier: resolve(folder, tier) } : config;
}

/** The engine would name the variable, also for a name that stands in the file. @throws InvalidOptionsError */
export function requireTiers({ tier, providers = [] }: GatewayConfig, where: string): void {
  if (typeof tier === "string") resolveTier(tier, { option: `${where}"tier"` });
  for (const [index, entry] of providers.entries()) {
    if (entry.provider !== "laplas" || typeof entry.tier !== "string") continue;
    resolveTier(entry.tier, { option: `${where}"providers[${index}].tier"` });
  }
}

/** A port as text. @throws InvalidOptionsError naming where it stands */
export function readPort(text: string, where: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new InvalidOptionsError(`${where} is ${JSON.stringify(text)}, but must be a port: 0 to 65535.`);
}

function readCountOf(text: string, where: string, max: number | undefined): number {
  const count = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  const fault = countFault(count, max);
  if (fault === undefined) return count;
  throw new InvalidOptionsError(`${where} is ${JSON.stringify(text)}, but ${fault}.`);
}

function readSwitch(text: string, where: string): boolean {
  if (/^(1|true|yes|on)$/i.test(text)) return true;
  if (/^(0|false|no|off)$/i.test(text)) return false;
  throw new InvalidOptionsError(`${where} is ${JSON.stringify(text)}, but must be 1 or 0.`);
}

function readFile(named: string | undefined, directory: string): GatewayConfig {
  const path = resolve(directory, named ?? CONFIG_FILE);
  const text = readText(path, named === undefined);
  return text === undefined ? {} : parseConfig(text, path);
}

/** The text of a configuration. @returns `undefined` for one that is not there and `mayLack`; @throws InvalidOptionsError */
export function readText(path: string, mayLack: boolean): string | undefined {
  try {
    // Editors on Windows put a byte order mark before it.
    return readFileSync(path, "utf8").replace(/^\uFEFF/, "");
  } catch (error) {
    if (mayLack && (error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new InvalidOptionsError(`The configuration ${path} can't be read: ${reasonOf(error)}.`);
  }
}

/** A configuration of its text. @throws InvalidOptionsError */
export function parseConfig(text: string, path: string): GatewayConfig {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's own message quotes the text around the slip, and a key may stand there.
    throw new InvalidOptionsError(
      `The configuration ${path} is not valid JSON from line ${jsonFaultLine(text)} on. Look there, and just before, for a comma or a quotation mark.`,
    );
  }
  const { $schema: _, ...config } = check(value, path) as GatewayConfig & { $schema?: string };
  return withTierPath(readEntries(config, path), dirname(path));
}

function check(value: unknown, where: string): GatewayConfig {
  const { success, data, error } = configSchema.safeParse(value);
  if (success) return data;
  const [issue] = error.issues;
  const field = fieldName(issue?.path ?? []);
  throw new InvalidOptionsError(`${where}: ${field === "" ? "" : `"${field}": `}${explain(issue)}`);
}

/** `providers[0].tier`, as the messages of the engine have it. */
export function fieldName(path: readonly PropertyKey[]): string {
  return path
    .map((step) => (typeof step === "number" ? `[${step}]` : `.${String(step)}`))
    .join("")
    .replace(/^\./, "");
}

function explain(issue: z.core.$ZodIssue | undefined): string {
  if (issue?.code === "unrecognized_keys") {
    return `there is no option ${issue.keys.map((key) => JSON.stringify(key)).join(", ")}. Options are ${namesAt(issue.path).join(", ")}.`;
  }
  return `${issue === undefined ? "is wrong" : (plainWords(issue) ?? issue.message)}.`;
}

const KINDS: Readonly<Record<string, string>> = {
  number: "a whole number",
  int: "a whole number",
  string: "a text",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
};

/** In place of the schema library's own words; `undefined` where the schema has some for it. */
function plainWords(issue: z.core.$ZodIssue): string | undefined {
  if (!/^(Invalid (input|option): expected|Too (big|small))/.test(issue.message)) return undefined;
  switch (issue.code) {
    case "invalid_type":
      return `must be ${KINDS[issue.expected] ?? issue.expected}`;
    case "invalid_value":
      return `must be one of ${issue.values.map((value) => JSON.stringify(value)).join(", ")}`;
    case "too_big":
      return `must be at most ${issue.maximum}`;
    case "too_small":
      return issue.origin === "string" ? "must not be empty" : `must be ${issue.minimum} or more`;
    default:
      return undefined;
  }
}

function listOf(names: string): string[] {
  return names.split(",").flatMap((name) => (name.trim() === "" ? [] : [name.trim()]));
}
