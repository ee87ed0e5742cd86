import type { Catalog } from "./catalog/create-catalog.js";
import { catalogOf } from "./catalog/create-catalog.js";
import { mergeModels } from "./catalog/merge-models.js";
import type { ModelEntryInput } from "./catalog/model-entry.js";
import { openListedCatalog } from "./catalog/open-listed-catalog.js";
import { quote } from "./errors/quote.js";
import { InvalidOptionsError } from "./errors/setup-errors.js";
import type { LaplasListener } from "./events.js";
import { checkLedgerOption, type LedgerOption } from "./ledger/open-ledger.js";
import type { Provider } from "./provider/provider.js";
import { resolveTier } from "./provider/resolve-tier.js";
import { laplas } from "./providers/laplas/laplas.js";
import { createCatalog } from "./providers/laplas/laplas-catalog.js";
import type { TierName } from "./providers/laplas/laplas-tiers.js";
import type { Tier, TierDocument } from "./tier/tier.js";

/** Options of {@link createLaplas}. Environment variables fill what is left out. */
export interface LaplasOptions {
  /** Bearer key of the upstream. Environment: LAPLAS_API_KEY. */
  apiKey?: string | undefined;
  /** Environment: LAPLAS_BASE_URL. @default "https://api.apilaplas.com/v1" */
  baseURL?: string | undefined;
  /** A built-in tier or a document of one's own. Environment: LAPLAS_TIER, names only. @default "free" */
  tier?: TierName | TierDocument | undefined;
  /**
   * Where the account is kept. With `memory`, engines of one key and address in a process share it, whatever else they differ in.
   * Environment: LAPLAS_LEDGER. @default "sqlite"
   */
  ledger?: LedgerOption | undefined;
  /** What a call's record in SQLite survives: `process` the end of the process by kill -9, `power` a power cut too. @default "process" */
  durability?: Durability | undefined;
  /** @deprecated `durability`: `normal` is `process`, `full` is `power`. */
  synchronous?: "normal" | "full" | undefined;
  /** `refuse` turns every adjustment and split of the tier into an error. @default "adjust", as each rule says */
  onExcess?: "adjust" | "refuse" | undefined;
  /** Whether a call is admitted on what others hold, or only if its own worst case fits as well. @default "expected" */
  admission?: Admission | undefined;
  /** @deprecated `admission`: `worst` is `worst-case`. */
  reserve?: "expected" | "worst" | undefined;
  /** New attempts after a failure that may pass: 5xx, network, a short rate limit. Not at `fetch`, whose clients retry. @default 2 */
  maxRetries?: number | undefined;
  /** How long a call waits in a queue that does not move, in milliseconds. @default 60_000 */
  patienceMs?: number | undefined;
  /** How many calls of this engine may wait at once; the next is `busy` at once. @default no bound */
  maxQueue?: number | undefined;
  /** Silence of the upstream after which an attempt is given up, in milliseconds: comments, pings and blanks break none. @default 120_000 */
  timeoutMs?: number | undefined;
  /**
   * How long one request to the upstream may take, from its sending to its end, in milliseconds. Waiting for a turn, new attempts
   * and the other requests of a call don't count. @default 600_000
   */
  deadlineMs?: number | undefined;
  /** Whether a model id that the catalog does not know is sent as it is. @default "refuse" */
  unknownModels?: "refuse" | "send" | undefined;
  /** Models added to the catalog, or put in place of built-in ones. */
  models?: readonly ModelEntryInput[] | undefined;
  /** Sends requests instead of the built-in client. */
  fetch?: typeof globalThis.fetch | undefined;
  /** Hears what happens; more listeners by `laplas.onEvent`. */
  onEvent?: LaplasListener | undefined;
  /** The ledger's clock, epoch milliseconds. Engines on one file, or on one account in memory, count each by its own. @default Date.now */
  now?: (() => number) | undefined;
  /** Variables that fill what is left out, and that name the user's state directory. @default process.env */
  environment?: Environment | undefined;
}

/** What a record survives. */
export type Durability = "process" | "power";
/** What has to fit for a call to be admitted. */
export type Admission = "expected" | "worst-case";

/** Environment variables by name. */
type Environment = Readonly<Record<string, string | undefined>>;

/** Options, complete and checked. */
export interface ResolvedOptions {
  readonly provider: Provider;
  readonly apiKey: string;
  /** Without a trailing slash. */
  readonly baseURL: string;
  readonly tier: Tier;
  readonly ledger: LedgerOption;
  readonly durability: Durability;
  readonly onExcess: "adjust" | "refuse";
  readonly admission: Admission;
  readonly maxRetries: number;
  readonly patienceMs: number;
  readonly maxQueue: number;
  readonly timeoutMs: number;
  readonly deadlineMs: number;
  readonly unknownModels: "refuse" | "send";
  readonly catalog: Catalog;
  readonly fetch: typeof globalThis.fetch | undefined;
  readonly onEvent: LaplasListener | undefined;
  readonly now: () => number;
  readonly environment: Environment;
}

/** @throws InvalidOptionsError naming the option, its environment variable and what would be right */
export function resolveOptions(options: LaplasOptions = {}, provider: Provider = laplas): ResolvedOptions {
  refuseUnknown(options);
  const environment = options.environment ?? processEnvironment();
  // An empty variable is none. Only variables of this package are ever read.
  const variable = (name: `LAPLAS_${string}`): string | undefined => environment[name] || undefined;
  const apiKey = readKey(options.apiKey ?? variable("LAPLAS_API_KEY"));
  const baseURL = readURL(options.baseURL ?? variable("LAPLAS_BASE_URL") ?? provider.baseURL);
  const ledger = checkLedgerOption(options.ledger ?? variable("LAPLAS_LEDGER") ?? "sqlite");
  const catalog = readCatalog(options, provider, { apiKey, baseURL, ledger, environment });
  return {
    provider,
    apiKey,
    baseURL,
    tier: resolveTier(options.tier ?? variable("LAPLAS_TIER") ?? provider.defaultTier.name, { provider, catalog }),
    ledger,
    durability: readDurability(options),
    onExcess: choice("onExcess", options.onExcess, ["adjust", "refuse"]),
    admission: readAdmission(options),
    maxRetries: count("maxRetries", options.maxRetries, 2),
    patienceMs: count("patienceMs", options.patienceMs, 60_000),
    maxQueue: options.maxQueue === undefined ? Number.POSITIVE_INFINITY : count("maxQueue", options.maxQueue, 0),
    timeoutMs: duration("timeoutMs", options.timeoutMs, 120_000),
    deadlineMs: duration("deadlineMs", options.deadlineMs, 600_000),
    unknownModels: choice("unknownModels", options.unknownModels, ["refuse", "send"]),
    catalog,
    fetch: callable("fetch", options.fetch),
    onEvent: callable("onEvent", options.onEvent),
    now: callable("now", options.now) ?? Date.now,
    environment,
  };
}

const OPTION_NAMES: Record<keyof LaplasOptions, true> = {
  apiKey: true,
  baseURL: true,
  tier: true,
  ledger: true,
  durability: true,
  synchronous: true,
  onExcess: true,
  admission: true,
  reserve: true,
  maxRetries: true,
  patienceMs: true,
  maxQueue: true,
  timeoutMs: true,
  deadlineMs: true,
  unknownModels: true,
  models: true,
  fetch: true,
  onEvent: true,
  now: true,
  environment: true,
};

function refuseUnknown(options: LaplasOptions): void {
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(OPTION_NAMES, name));
  if (unknown === undefined) return;
  throw new InvalidOptionsError(
    `There is no option ${quote(unknown)}. Options are ${Object.keys(OPTION_NAMES).join(", ")}.`,
  );
}

/** The option and its name of the first edition. */
function readDurability({ durability, synchronous }: LaplasOptions): Durability {
  const old = choice("synchronous", synchronous, ["normal", "full"]) === "full" ? "power" : "process";
  return durability === undefined ? old : choice("durability", durability, ["process", "power"]);
}

/** The option and its name of the first edition. */
function readAdmission({ admission, reserve }: LaplasOptions): Admission {
  const old = choice("reserve", reserve, ["expected", "worst"]) === "worst" ? "worst-case" : "expected";
  return admission === undefined ? old : choice("admission", admission, ["expected", "worst-case"]);
}

/** The options that have new names and were given by their old ones, each as a sentence. */
export function renamedOptions({ synchronous, reserve }: LaplasOptions): string[] {
  const sentences: string[] = [];
  if (synchronous !== undefined)
    sentences.push('Option "synchronous" is called "durability" now: "normal" is "process", "full" is "power".');
  if (reserve !== undefined) sentences.push('Option "reserve" is called "admission" now: "worst" is "worst-case".');
  return sentences;
}

/** Runtimes without `process` have none. */
function processEnvironment(): Environment {
  return (typeof process === "undefined" ? undefined : process.env) ?? {};
}

function readKey(key: unknown): string {
  if (key === undefined || key === "") {
    throw new InvalidOptionsError(
      'Option "apiKey" (LAPLAS_API_KEY) is missing. Give the key of your laplas account; against a sandbox any text will do.',
    );
  }
  // Header values: anything else would throw in the middle of a call, with the key in the message.
  if (typeof key !== "string" || !/^[\x21-\x7e]+$/.test(key)) {
    throw new InvalidOptionsError(
      'Option "apiKey" (LAPLAS_API_KEY) holds characters that no key has: blanks, line ends or letters beyond ASCII. Was it copied whole, without quotes?',
    );
  }
  return key;
}

function readURL(text: unknown): string {
  const url = typeof text === "string" && URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.search !== "" || url.hash !== "") {
    throw new InvalidOptionsError(
      `Option "baseURL" (LAPLAS_BASE_URL) is ${quote(typeof text === "string" ? text.replace(/[?#@].*/s, "...") : text)}, but must be an http or https address, like https://api.apilaplas.com/v1.`,
    );
  }
  if (url.username !== "" || url.password !== "") {
    throw new InvalidOptionsError('Option "baseURL" (LAPLAS_BASE_URL) holds a user or password. Use option "apiKey".');
  }
  return url.href.replace(/\/+$/, "");
}

function choice<Value extends string>(
  name: string,
  value: Value | undefined,
  allowed: readonly [Value, ...Value[]],
): Value {
  if (value === undefined) return allowed[0];
  if (allowed.includes(value)) return value;
  throw new InvalidOptionsError(`Option "${name}" is ${quote(value)}, but must be ${allowed.join(" or ")}.`);
}

/** A count from the engine's options or a call's. @throws InvalidOptionsError */
export function count(name: string, value: number | undefined, byDefault: number): number {
  if (value === undefined) return byDefault;
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new InvalidOptionsError(`Option "${name}" is ${quote(value)}, but must be a whole number, 0 or more.`);
}

/** Timers count to 2^31 milliseconds, and fire at once beyond; 0 would mean "none" to one client and "now" to another. */
export function duration(name: string, value: number | undefined, byDefault: number): number {
  const ms = count(name, value, byDefault);
  if (ms >= 1 && ms <= 2_147_483_647) return ms;
  throw new InvalidOptionsError(`Option "${name}" is ${quote(value)}, but must be from 1 to 2147483647 milliseconds.`);
}

function callable<Value>(name: string, value: Value): Value {
  if (value === undefined || typeof value === "function") return value;
  throw new InvalidOptionsError(`Option "${name}" is ${quote(value)}, but must be a function.`);
}

function readCatalog(
  options: LaplasOptions,
  provider: Provider,
  server: Pick<ResolvedOptions, "apiKey" | "baseURL" | "ledger" | "environment">,
): Catalog {
  const extra = options.models ?? [];
  if (provider === laplas && extra.length === 0) return createCatalog();
  try {
    if (provider.models !== undefined) return catalogOf(mergeModels(provider.models, extra), provider.findOffTier);
    const { fetch, now } = options;
    return openListedCatalog({ ...server, provider, extra, fetch, now });
  } catch (error) {
    throw new InvalidOptionsError(`Option "models": ${(error as Error).message}`, { cause: error });
  }
}
