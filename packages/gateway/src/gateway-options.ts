import { setTimeout } from "node:timers/promises";
import { InvalidOptionsError, type Laplas } from "@laplas/core";
import type { BodyLimits } from "./access/body-budget.js";
import type { GatewayClient } from "./access/clients.js";
import type { ModelNames } from "./access/model-names.js";
import type { GatewayLogger } from "./log/gateway-logger.js";
import type { PictureLimits } from "./pictures/picture-store.js";

/** Options of {@link createGateway}. */
export interface GatewayOptions {
  /** The engine that answers. It stays the caller's: closing it is theirs. */
  readonly laplas: Laplas;
  /**
   * The engine of the page's playground: under the tier `playground`, on the same ledger and key as `laplas`. It stays the caller's
   * too. @default none, and the page says so
   */
  readonly playground?: Laplas | undefined;
  /** Whether the page shows what was asked, to everyone who may call. If not, prompts are never kept. @default false */
  readonly showPrompts?: boolean | undefined;
  /** Who may ask. With none, everyone may: then the gateway listens on loopback only. @default [] */
  readonly clients?: readonly GatewayClient[] | undefined;
  /**
   * Names of models that clients ask for, each with the one that serves it, for every protocol: `{"claude-*": "gpt-4o-mini"}`. `*` stands
   * for any characters. @default {}
   */
  readonly modelNames?: ModelNames | undefined;
  /**
   * Names under which the gateway is reached, without port, beside `localhost`, this machine's name and every IP address.
   * Requests for other names are refused, since a page of somebody else's could come by one (DNS rebinding). @default []
   */
  readonly allowedHosts?: readonly string[] | undefined;
  /** Web pages that may call, like `https://app.example.com`. @default [], none but the gateway's own */
  readonly allowedOrigins?: readonly string[] | undefined;
  /** Address of the gateway as its clients see it, for the links to pictures. @default the `Host` of the request */
  readonly publicURL?: string | undefined;
  /**
   * Follow-ups of an answer at `/responses` and `/messages` that the tier's limit cuts, for requests that name no number: agents take a cut
   * answer for an error. @default the engine's `continueAtCap`
   */
  readonly agentContinueAtCap?: number | undefined;
  /** Largest body of a request, in bytes. @default 20_000_000 */
  readonly maxBodyBytes?: number | undefined;
  /**
   * Bounds on the bodies of all requests that are read and not answered yet. One that finds no room waits unread, then gets a 503.
   * @default the larger of 80 MB and 4 times `maxBodyBytes`; 10 s
   */
  readonly bodies?: { readonly [Name in keyof BodyLimits]?: BodyLimits[Name] | undefined } | undefined;
  /** Bounds on the pictures that are kept. @default 200 pictures, 100 MB, one day */
  readonly pictures?: { readonly [Name in keyof PictureLimits]?: PictureLimits[Name] | undefined } | undefined;
  /** A pino logger, or what has its `info`, `warn` and `error`. @default none */
  readonly logger?: GatewayLogger | undefined;
  /** Epoch milliseconds, for the age of pictures and of wrong tokens. @default Date.now */
  readonly now?: (() => number) | undefined;
  /** Passes milliseconds before a wrong token is answered. @default a timer */
  readonly sleep?: ((ms: number) => Promise<void>) | undefined;
}

/** Options, complete and checked. */
export interface ResolvedGatewayOptions {
  readonly laplas: Laplas;
  readonly playground: Laplas | undefined;
  readonly showPrompts: boolean;
  readonly modelNames: ModelNames;
  readonly clients: readonly GatewayClient[];
  readonly allowedHosts: readonly string[];
  readonly allowedOrigins: readonly string[];
  readonly publicURL: string | undefined;
  readonly agentContinueAtCap: number | undefined;
  readonly maxBodyBytes: number;
  readonly bodies: BodyLimits;
  readonly pictures: PictureLimits;
  readonly logger: GatewayLogger | undefined;
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

const LEAST_TOKEN = 16;
const DEFAULT_BODIES: BodyLimits = { maxBytes: 80_000_000, patienceMs: 10_000 };
const DEFAULT_PICTURES: PictureLimits = { maxCount: 200, maxBytes: 100_000_000, maxAgeMs: 86_400_000 };

/** @throws InvalidOptionsError naming the option and what would be right */
export function resolveGatewayOptions(options: GatewayOptions): ResolvedGatewayOptions {
  const { clients = [], allowedHosts = [], allowedOrigins = [], maxBodyBytes = 20_000_000 } = options;
  checkClients(clients);
  positive("maxBodyBytes", maxBodyBytes);
  const pictures: PictureLimits = {
    maxCount: options.pictures?.maxCount ?? DEFAULT_PICTURES.maxCount,
    maxBytes: options.pictures?.maxBytes ?? DEFAULT_PICTURES.maxBytes,
    maxAgeMs: options.pictures?.maxAgeMs ?? DEFAULT_PICTURES.maxAgeMs,
  };
  for (const [name, value] of Object.entries(pictures)) positive(`pictures.${name}`, value);
  const bodies: BodyLimits = {
    maxBytes: options.bodies?.maxBytes ?? Math.max(DEFAULT_BODIES.maxBytes, 4 * maxBodyBytes),
    patienceMs: options.bodies?.patienceMs ?? DEFAULT_BODIES.patienceMs,
  };
  for (const [name, value] of Object.entries(bodies)) positive(`bodies.${name}`, value);
  // Each large body must fit by itself into what large bodies may hold.
  if (bodies.maxBytes < 2 * maxBodyBytes) {
    throw new InvalidOptionsError(
      `Option "bodies.maxBytes" is ${bodies.maxBytes}, but must be at least twice "maxBodyBytes", which is ${maxBodyBytes}.`,
    );
  }
  return {
    laplas: options.laplas,
    playground: options.playground,
    showPrompts: options.showPrompts ?? false,
    modelNames: options.modelNames ?? {},
    clients,
    allowedHosts: allowedHosts.map(readHost),
    allowedOrigins: allowedOrigins.map(readOrigin),
    publicURL: options.publicURL === undefined ? undefined : readPublicURL(options.publicURL),
    agentContinueAtCap: options.agentContinueAtCap,
    maxBodyBytes,
    bodies,
    pictures,
    logger: options.logger,
    now: options.now ?? Date.now,
    sleep: options.sleep ?? ((ms) => setTimeout(ms, undefined, { ref: false })),
  };
}

/** A token is never shown, not even a wrong one. */
function checkClients(clients: readonly GatewayClient[]): void {
  const names = new Set<string>();
  const tokens = new Set<string>();
  for (const [index, { name, token, quotaStatus = 429 }] of clients.entries()) {
    const where = `Option "clients"[${index}]`;
    if (typeof name !== "string" || !/^[\w .@-]{1,50}$/.test(name)) {
      throw new InvalidOptionsError(`${where} needs a "name" of 1 to 50 letters, digits, blanks and . @ _ -.`);
    }
    if (typeof token !== "string" || !/^[\x21-\x7e]+$/.test(token) || token.length < LEAST_TOKEN) {
      throw new InvalidOptionsError(
        `${where} ("${name}") needs a "token" of at least ${LEAST_TOKEN} characters without blanks, so that it can't be guessed.`,
      );
    }
    if (quotaStatus !== 400 && quotaStatus !== 429) {
      throw new InvalidOptionsError(
        `${where} ("${name}") has "quotaStatus" ${JSON.stringify(quotaStatus)}, but it must be 400 or 429.`,
      );
    }
    if (names.has(name)) throw new InvalidOptionsError(`${where}: the name "${name}" is taken already.`);
    if (tokens.has(token)) throw new InvalidOptionsError(`${where} ("${name}") has the token of another client.`);
    names.add(name);
    tokens.add(token);
  }
}

function positive(name: string, value: unknown): void {
  if (typeof value === "number" && Number.isSafeInteger(value) && value > 0) return;
  throw new InvalidOptionsError(`Option "${name}" is ${JSON.stringify(value)}, but must be a whole number above 0.`);
}

function readHost(host: string): string {
  const name = host.toLowerCase();
  if (/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(name)) return name;
  throw new InvalidOptionsError(
    `Option "allowedHosts" holds ${JSON.stringify(host)}, but takes names like "gateway" or "laplas.example.com", without scheme, port or path.`,
  );
}

function readOrigin(origin: string): string {
  if (URL.canParse(origin) && /^https?:/.test(origin) && new URL(origin).origin === origin.replace(/\/$/, "")) {
    return new URL(origin).origin;
  }
  throw new InvalidOptionsError(
    `Option "allowedOrigins" holds ${JSON.stringify(origin)}, but takes origins like "https://app.example.com": scheme, host and port alone. There is no "*": name each page.`,
  );
}

function readPublicURL(url: string): string {
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return url.replace(/\/+$/, "");
  throw new InvalidOptionsError(
    `Option "publicURL" is ${JSON.stringify(url)}, but must be an address like "https://laplas.example.com".`,
  );
}
