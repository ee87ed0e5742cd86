import {
  type DeprecatedOption,
  type EngineOptions,
  type LaplasOptions,
  type OptionName,
  type OptionRow,
  optionTable,
} from "@laplas/core";
import type { GatewayOptions, ListenOptions } from "@laplas/gateway";
import { z } from "zod";
import type { LogForm } from "../terminal/create-logger.js";
import { entryNames, type ProviderEntry, providerEntries } from "./provider-entry.js";

/** Options of the engine that are a program's. The gateway's clients retry by themselves. */
type ProgramOption = "maxRetries" | "fetch" | "onEvent" | "now" | "sleep" | "environment";
/** Options of the engine that a configuration may hold, by their old names too. */
export type EngineOptionName = Exclude<OptionName, ProgramOption>;
type FromGateway =
  | "publicURL"
  | "clients"
  | "allowedHosts"
  | "allowedOrigins"
  | "maxBodyBytes"
  | "bodies"
  | "pictures"
  | "showPrompts"
  | "modelNames";

/** A configuration, as file, environment and command line together give it. */
export interface GatewayConfig
  extends Pick<LaplasOptions, EngineOptionName | DeprecatedOption>,
    Pick<GatewayOptions, FromGateway>,
    Pick<ListenOptions, "host" | "port">,
    Pick<EngineOptions, "routes" | "training"> {
  /** Those to ask, in their order. @default laplas alone */
  readonly providers?: readonly ProviderEntry[] | undefined;
  /** How long requests may run on when the gateway is stopped, in milliseconds. @default 30_000 */
  readonly stopWithinMs?: number | undefined;
  /** @default "text" in a terminal, else "json" */
  readonly log?: LogForm | undefined;
}

const PROGRAM_OPTIONS: Readonly<Record<ProgramOption, true>> = {
  maxRetries: true,
  fetch: true,
  onEvent: true,
  now: true,
  sleep: true,
  environment: true,
};

/** The engine's options that a configuration may hold, each with its row of the engine's table. */
export const engineRows: readonly (readonly [EngineOptionName, OptionRow<unknown>])[] = Object.entries(
  optionTable,
).flatMap(([name, row]) =>
  Object.hasOwn(PROGRAM_OPTIONS, name) ? [] : [[name as EngineOptionName, row as OptionRow<unknown>] as const],
);

/** Their names, old ones too. */
export const engineNames: readonly (EngineOptionName | DeprecatedOption)[] = engineRows.flatMap(([name, { old }]) =>
  old === undefined ? [name] : [name, old.name],
);

const text = z.string().min(1);
const count = z.number().int().nonnegative();
const isPort = { error: "must be a port: 0 to 65535" };
const port = z.int(isPort).min(0, isPort).max(65_535, isPort);
const document = z.record(z.string(), z.unknown());

const client = z.strictObject({
  name: z.string(),
  token: z.string(),
  quotaStatus: z.union([z.literal(400), z.literal(429)]).optional(),
});

const fields = {
  $schema: text.optional(),
  ...engineFields(),
  providers: providerEntries.optional(),
  // The engine checks them, which knows the providers' models.
  routes: z.record(z.string(), z.unknown()).optional(),
  training: z.enum(["allowed", "refused"]).optional(),
  // Models of one's own, or names that others serve; an object among the names is a model of one's own by that name.
  models: z.union([z.array(document), z.record(z.string(), z.union([text, document]))]).optional(),
  host: text.optional(),
  port: port.optional(),
  publicURL: text.optional(),
  clients: z.array(client).optional(),
  allowedHosts: z.array(text).optional(),
  allowedOrigins: z.array(text).optional(),
  maxBodyBytes: count.optional(),
  bodies: z.strictObject({ maxBytes: count, patienceMs: count }).partial().optional(),
  pictures: z.strictObject({ maxCount: count, maxBytes: count, maxAgeMs: count }).partial().optional(),
  showPrompts: z.boolean().optional(),
  stopWithinMs: count.optional(),
  log: z.enum(["json", "text", "off"]).optional(),
} satisfies Record<Exclude<keyof GatewayConfig, "modelNames"> | "$schema", z.ZodType>;

/** Names of the options, as a file may hold them. */
export const configNames: readonly string[] = Object.keys(fields);

/** The names that a place of the file may have. */
export function namesAt([first]: readonly PropertyKey[]): readonly string[] {
  return first === "providers" ? entryNames : configNames;
}

/**
 * The configuration file. What the engine checks itself, such as a tier's rules, is only looked at here as far as its type
 * goes, so that each rule stands in one place.
 */
export const configSchema: z.ZodType<GatewayConfig> = z
  .strictObject(fields)
  .transform(withModelNames) as unknown as z.ZodType<GatewayConfig>;

/** The engine knows a list of models, and the gateway names that they serve. */
function withModelNames({ models, ...config }: { readonly models?: unknown }): object {
  if (models === undefined || Array.isArray(models)) return models === undefined ? config : { ...config, models };
  const entries = Object.entries(models as Readonly<Record<string, unknown>>);
  const own = entries.flatMap(([id, entry]) => (typeof entry === "string" ? [] : [{ id, ...(entry as object) }]));
  const names = entries.filter(([, entry]) => typeof entry === "string");
  return { ...config, ...(own.length === 0 ? {} : { models: own }), modelNames: Object.fromEntries(names) };
}

function engineFields(): Record<EngineOptionName | DeprecatedOption, z.ZodType> {
  const checks: [string, z.ZodType][] = engineRows.flatMap(([name, { is, max, old }]) => [
    [name, checkOf(is, max).optional()],
    ...(old === undefined ? [] : [[old.name, z.enum(Object.keys(old.values)).optional()] as [string, z.ZodType]]),
  ]);
  return Object.fromEntries(checks) as Record<EngineOptionName | DeprecatedOption, z.ZodType>;
}

function checkOf(
  is: OptionRow<unknown>["is"] | Readonly<Record<string, true>>,
  max: number = Number.MAX_SAFE_INTEGER,
): z.ZodType {
  if (typeof is === "object") return z.enum(Object.keys(is));
  switch (is) {
    case "count":
    case "milliseconds":
      return count.max(max);
    case "tier":
      return z.union([text, document]);
    case "list":
      return z.array(document);
    default:
      return text;
  }
}
