import type { LaplasOptions } from "@laplas/core";
import { z } from "zod";
import type { GatewayOptions } from "../gateway-options.js";
import type { ListenOptions } from "../server/listen.js";
import type { LogForm } from "../terminal/create-logger.js";

type FromEngine =
  | "apiKey"
  | "baseURL"
  | "tier"
  | "ledger"
  | "durability"
  | "synchronous"
  | "onExcess"
  | "admission"
  | "reserve"
  | "patienceMs"
  | "maxQueue"
  | "timeoutMs"
  | "deadlineMs"
  | "unknownModels"
  | "models";
type FromGateway =
  | "publicURL"
  | "clients"
  | "allowedHosts"
  | "allowedOrigins"
  | "maxBodyBytes"
  | "pictures"
  | "showPrompts";

/** A configuration, as file, environment and command line together give it. */
export interface GatewayConfig
  extends Pick<LaplasOptions, FromEngine>,
    Pick<GatewayOptions, FromGateway>,
    Pick<ListenOptions, "host" | "port"> {
  /** How long requests may run on when the gateway is stopped, in milliseconds. @default 30_000 */
  readonly stopWithinMs?: number | undefined;
  /** @default "text" in a terminal, else "json" */
  readonly log?: LogForm | undefined;
}

const text = z.string().min(1);
const count = z.number().int().nonnegative();

const fields = {
  $schema: text.optional(),
  apiKey: text.optional(),
  baseURL: text.optional(),
  tier: z.union([text, z.record(z.string(), z.unknown())]).optional(),
  ledger: text.optional(),
  durability: z.enum(["process", "power"]).optional(),
  synchronous: z.enum(["normal", "full"]).optional(),
  onExcess: z.enum(["adjust", "refuse"]).optional(),
  admission: z.enum(["expected", "worst-case"]).optional(),
  reserve: z.enum(["expected", "worst"]).optional(),
  patienceMs: count.optional(),
  maxQueue: count.optional(),
  timeoutMs: count.optional(),
  deadlineMs: count.optional(),
  unknownModels: z.enum(["refuse", "send"]).optional(),
  models: z.array(z.record(z.string(), z.unknown())).optional(),
  host: text.optional(),
  port: count.max(65_535).optional(),
  publicURL: text.optional(),
  clients: z.array(z.strictObject({ name: z.string(), token: z.string() })).optional(),
  allowedHosts: z.array(text).optional(),
  allowedOrigins: z.array(text).optional(),
  maxBodyBytes: count.optional(),
  pictures: z.strictObject({ maxCount: count, maxBytes: count, maxAgeMs: count }).partial().optional(),
  showPrompts: z.boolean().optional(),
  stopWithinMs: count.optional(),
  log: z.enum(["json", "text", "off"]).optional(),
} satisfies Record<keyof GatewayConfig | "$schema", z.ZodType>;

/** Names of the options, as a file may hold them. */
export const configNames: readonly string[] = Object.keys(fields);

/**
 * The configuration file. What the engine checks itself, such as a tier's rules, is only looked at here as far as its type
 * goes, so that each rule stands in one place.
 */
export const configSchema: z.ZodType<GatewayConfig> = z.strictObject(fields) as unknown as z.ZodType<GatewayConfig>;
