import { type Catalog, catalogOf } from "./catalog/create-catalog.js";
import { mergeModels } from "./catalog/merge-models.js";
import type { ModelEntryInput } from "./catalog/model-entry.js";
import { type OpenListedCatalogOptions, openListedCatalog } from "./catalog/open-listed-catalog.js";
import { type Clock, clockOf, REAL_CLOCK } from "./clock.js";
import { InvalidOptionsError } from "./errors/setup-errors.js";
import type { LaplasListener } from "./events.js";
import { fillFromEnvironment, processEnvironment } from "./fill-from-environment.js";
import { checkLedgerOption, type LedgerOption } from "./ledger/open-ledger.js";
import { optionNames, optionTable, type PlainOptions, readPlainOptions, renamedOptions } from "./options-table.js";
import type { Provider } from "./provider/provider.js";
import { resolveTier } from "./provider/resolve-tier.js";
import { ruleFaults, strangerWarnings, warningOfStrangers } from "./provider/rule-strangers.js";
import {
  type Environment,
  PROVIDER_OPTIONS,
  type ProviderSettings,
  type ProviderSource,
  readKey,
  readProvider,
  readURL,
  refuseTwice,
  refuseUnknown,
} from "./provider-settings.js";
import { readFirstEditionTier } from "./providers/laplas/first-edition-tier.js";
import { laplas } from "./providers/laplas/laplas.js";
import { createCatalog } from "./providers/laplas/laplas-catalog.js";
import type { TierName } from "./providers/laplas/laplas-tiers.js";
import { type RouteOptions, type Routes, readRoutes, type Training } from "./route/routes.js";
import type { Tier, TierDocument } from "./tier/tier.js";

/** Options of {@link createLaplas}. Environment variables fill what is left out. */
export interface LaplasOptions {
  /** Bearer key of the upstream. Environment: LAPLAS_API_KEY. */
  apiKey?: string | undefined;
  /** Environment: LAPLAS_BASE_URL. @default "https://api.apilaplas.com/v1" */
  baseURL?: string | undefined;
  /** A tier of laplas by name, a document of one's own, or the path of a JSON file that holds one. Environment: LAPLAS_TIER. @default "free" */
  tier?: TierName | (string & {}) | TierDocument | undefined;
  /**
   * Where the account is kept. With `memory`, engines of one key and address in a process share it, whatever else they differ in.
   * Environment: LAPLAS_LEDGER. @default "sqlite"
   */
  ledger?: LedgerOption | undefined;
  /** What a call's record in SQLite survives: `process` the end of the process by kill -9, `power` a power cut too. @default "process" */
  durability?: Durability | undefined;
  /** @deprecated `durability`: `normal` is `process`, `full` is `power`. */
  synchronous?: "normal" | "full" | undefined;
  /** `refuse` turns into an error what the tier would adjust or split, and what a model lacks that can change its answer. @default "adjust" */
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
  /**
   * Follow-ups by which an answer that the tier's limit of output tokens cuts is continued and arrives as one, at most; a call's own
   * option goes before it. Each is a request of its own, which reads the prompt again. From 0 to 100. Environment:
   * LAPLAS_CONTINUE_AT_CAP. @default 0
   */
  continueAtCap?: number | undefined;
  /** `plain` also takes a continuation of text that does not repeat its end as asked, and reports its seam as unproved. @default "proved" */
  continueSeams?: "proved" | "plain" | undefined;
  /** Whether a model id that the catalog does not know is sent as it is. @default "refuse" */
  unknownModels?: "refuse" | "send" | undefined;
  /**
   * What spans of calls hold, where the program has registered OpenTelemetry: `content` adds what was asked and answered. Environment:
   * OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT, as `true` or `span_only`. @default "calls", without a word of either
   */
  tracing?: "calls" | "content" | "off" | undefined;
  /** Models added to the catalog, or put in place of built-in ones. */
  models?: readonly ModelEntryInput[] | undefined;
  /** Sends requests instead of the built-in client. */
  fetch?: typeof globalThis.fetch | undefined;
  /** Hears what happens; more listeners by `laplas.onEvent`. */
  onEvent?: LaplasListener | undefined;
  /** The ledger's clock, epoch milliseconds. Engines on one file, or on one account in memory, count each by its own. @default Date.now */
  now?: (() => number) | undefined;
  /**
   * Waits so many milliseconds, or until the signal aborts. With it all waiting of calls goes by `now` and by this: for a windowed budget, in the
   * queue, before a new attempt, and for an upstream that is silent. For simulations; signs of life in a shared ledger stay in real time.
   *
   * @default timers
   */
  sleep?: ((ms: number, signal: AbortSignal) => Promise<void>) | undefined;
  /** Variables that fill what is left out, and that name the user's state directory. @default process.env */
  environment?: Environment | undefined;
}

/** What a record survives. */
export type Durability = "process" | "power";
/** What has to fit for a call to be admitted. */
export type Admission = "expected" | "worst-case";

/** Options of {@link createEngine}: those of {@link createLaplas}, but that each provider has its own key, address, tier and models. */
export interface EngineOptions extends Omit<LaplasOptions, keyof ProviderSettings> {
  /** In the order in which they are asked, each once: one key at one server is one account. */
  providers: readonly ProviderSettings[];
  /**
   * Models under a name of one's own, in the order in which they are asked: `{ fast: ["groq/openai/gpt-oss-120b", "gemini/gemini-2.5-flash"] }`.
   * An object says more of a route. `auto` and `auto:tools` are there without.
   */
  routes?: RouteOptions | undefined;
  /**
   * Whether providers are asked that may train on prompts, or of which that is not known: `refused` takes them out of every route, and a
   * call for a model of theirs is refused. @default "allowed"
   */
  training?: Training | undefined;
}

/** Options of all providers of an engine, complete and checked. */
export interface ResolvedEngine {
  /** In the order in which they are asked. */
  readonly all: readonly [ResolvedOptions, ...ResolvedOptions[]];
  readonly routes: Routes;
}

/** Options, complete and checked. */
export interface ResolvedOptions extends Omit<PlainOptions, "now" | "sleep"> {
  readonly provider: Provider;
  /** Empty where the provider takes none. */
  readonly apiKey: string;
  /** Without a trailing slash. */
  readonly baseURL: string;
  readonly tier: Tier;
  readonly ledger: LedgerOption;
  readonly catalog: Catalog;
  readonly now: () => number;
  /** What waits go by. */
  readonly clock: Clock;
  readonly environment: Environment;
  /** What is read, and should be written in another way. */
  readonly warnings: readonly string[];
}

/** @throws InvalidOptionsError naming the option, its environment variable and what would be right */
export function resolveOptions(options: LaplasOptions = {}, provider: Provider = laplas): ResolvedOptions {
  refuseUnknown(options, optionNames, "option");
  return resolve(options, { provider, settings: options, prefix: "" });
}

/** @throws InvalidOptionsError as {@link resolveOptions}; options of a provider as `providers[0].tier` */
export function resolveEngineOptions(options: EngineOptions): ResolvedEngine {
  const { providers, routes, training, ...shared } = options;
  const names = optionNames.filter((name) => !PROVIDER_OPTIONS.has(name));
  refuseUnknown(shared, [...names, "providers", "routes", "training"], "option");
  if (!Array.isArray(providers) || providers.length === 0) {
    throw new InvalidOptionsError('Option "providers" must be a list of providers, as in [{ document: "laplas" }].');
  }
  const environment = shared.environment ?? processEnvironment();
  const sources = providers.map((settings, index) => readProvider(settings, index, environment));
  refuseTwice(sources);
  const [first, ...others] = sources.map((source) => resolve(shared, source));
  if (first === undefined) throw new TypeError("a list that is not empty has a first");
  const all = [first, ...others] as const;
  return { all, routes: readRoutes(routes, training, all) };
}

function resolve(
  options: Omit<LaplasOptions, keyof ProviderSettings>,
  { provider, settings, prefix }: ProviderSource,
): ResolvedOptions {
  const isLaplas = provider === laplas;
  const environment = options.environment ?? processEnvironment();
  const warnings = renamedOptions(options);
  // An empty variable is none. Those of laplas's account are no other provider's, and of others only that of the document's key is read.
  const variables: Partial<Record<"apiKey" | "baseURL" | "tier", string | undefined>> = isLaplas
    ? { apiKey: optionTable.apiKey.variable, baseURL: optionTable.baseURL.variable, tier: optionTable.tier.variable }
    : { apiKey: provider.keyVariable };
  const filled = (name: "apiKey" | "baseURL" | "tier"): string | undefined => {
    const variable = variables[name];
    return (variable && environment[variable]) || undefined;
  };
  const nameOf = (name: "apiKey" | "baseURL"): string => {
    const variable = variables[name];
    return `Option "${prefix}${name}"${variable === undefined ? "" : ` (${variable})`}`;
  };
  const { now, sleep, ...plain } = readPlainOptions(fillFromEnvironment(options, environment));
  const { variable: ledgerVariable = "", default: ledgerDefault } = optionTable.ledger;
  const ledger = checkLedgerOption(options.ledger ?? (environment[ledgerVariable] || ledgerDefault));
  const apiKey = readKey(nameOf("apiKey"), settings.apiKey ?? filled("apiKey"), provider);
  const address = settings.baseURL ?? filled("baseURL") ?? provider.baseURL;
  const baseURL = readURL(nameOf("baseURL"), address, provider.baseURL);
  const known = readCatalog(`Option "${prefix}models"`, {
    provider,
    apiKey,
    baseURL,
    ledger,
    environment,
    now,
    fetch: plain.fetch,
    extra: settings.models ?? [],
  });
  // Names that the catalog lacks may be sent all the same, and laplas serves more than its documentation lists.
  const isError = provider.models !== undefined && !isLaplas && plain.unknownModels !== "send";
  const tier = resolveTier(settings.tier ?? filled("tier") ?? provider.defaultTier.name, {
    provider,
    catalog: known,
    ...(isError ? { faultsOf: (rule, path) => ruleFaults(rule, path, known, provider.title) } : {}),
    option: `Option "${prefix}tier"`,
    variable: variables.tier,
    ...(isLaplas ? { readEarlier: readFirstEditionTier } : {}),
    warn: (message) => warnings.push(message),
  });
  if (!isError && known.ready === undefined && !provider.tiers.includes(tier))
    warnings.push(...strangerWarnings(tier, known, provider.title));
  const catalog = warningOfStrangers(known, tier, provider.title);
  const clock = sleep === undefined ? REAL_CLOCK : clockOf(now ?? Date.now, sleep);
  const resolved = { provider, apiKey, baseURL, tier, ledger, ...plain, catalog, now: now ?? Date.now, clock };
  return { ...resolved, environment, warnings };
}

/** The documented models and the user's own, or those that the provider lists. */
function readCatalog(option: string, options: OpenListedCatalogOptions): Catalog {
  const { provider, extra } = options;
  if (provider === laplas && extra.length === 0) return createCatalog();
  try {
    if (provider.models === undefined) return openListedCatalog(options);
    return catalogOf(mergeModels(provider.models, extra), provider.findOffTier);
  } catch (error) {
    throw new InvalidOptionsError(`${option}: ${(error as Error).message}`, { cause: error });
  }
}
