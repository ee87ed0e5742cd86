import { createChatEndpoint } from "./chat/chat-endpoint.js";
import { createEmbeddingEndpoint } from "./embeddings/embedding-endpoint.js";
import { createImageEndpoint, type PricedImage } from "./images/image-endpoint.js";
import { createPictureStore } from "./images/picture-store.js";
import { createPresetSandbox, type PresetOptions, type PresetSandbox } from "./presets/create-preset-sandbox.js";
import type { ErrorBodyStyle } from "./server/error-body.js";
import { createFaultScript, type Fault, type FaultOptions } from "./server/fault.js";
import { createRequestHandler } from "./server/handle-request.js";
import { listen } from "./server/listen.js";
import { createPacer } from "./server/pacer.js";
import { createRequestLog, type LoggedRequest, type RequestCounts } from "./server/request-log.js";
import { createRunningRequests } from "./server/running-requests.js";
import { type Account, createAccount } from "./tier/account.js";
import { type ClockOptions, createClock, type SandboxClock } from "./tier/clock.js";
import { resolveRules, type SandboxRules } from "./tier/rules.js";
import type { Draft, WriteOptions } from "./writing/draft.js";
import { createWriter } from "./writing/writer.js";

/** Options of {@link createSandbox}; every one has a default. */
export interface SandboxOptions {
  /** Not set: with a preset, `createSandbox` takes {@link PresetOptions} and stands in for another provider. */
  preset?: undefined;
  /** Port to listen on; 0 takes a free one. @default 0 */
  port?: number;
  /** Address to listen on. @default "127.0.0.1" */
  host?: string;
  /** Keys that are accepted. @default any key that is not empty */
  apiKeys?: readonly string[];
  /** What differs from the free tier. @default freeRules */
  rules?: Partial<SandboxRules>;
  /** Wait before the first byte of an answer, in real time. @default 0 */
  latencyMs?: number;
  /** Wait between two chunks of a stream, in real time. @default 0 */
  chunkDelayMs?: number;
  /** `usage`: API tokens in `usage`. `meta`: model tokens there and API tokens in `meta.usage`. @default "usage" */
  usage?: "usage" | "meta";
  /** API tokens of one image; undefined leaves it at 512, the most that the free tier makes. @default 512 for all */
  imagePrices?: (image: PricedImage) => number | undefined;
  /** `both`: image answers have `images` and `data`, as some later ones do. @default "published", by model */
  imageAnswers?: "published" | "both";
  /** `json`, or `published`: error bodies that are not valid JSON, as the documentation prints them. @default "json" */
  errorBodies?: ErrorBodyStyle;
  /** Start and kind of the clock. @default real time */
  clock?: ClockOptions;
  /** Requests the log keeps. @default 10_000 */
  logLimit?: number;
}

/** A running free-tier upstream. */
export interface Sandbox {
  /** `http://host:port` */
  readonly url: string;
  /** `url` with `/v1`: what an SDK takes as its base URL. */
  readonly baseURL: string;
  readonly rules: Readonly<SandboxRules>;
  readonly clock: SandboxClock;
  /** The request log, oldest first. */
  readonly requests: readonly LoggedRequest[];
  counts(): RequestCounts;
  /** API tokens charged in the current day: to one key, or to all. */
  used(apiKey?: string): number;
  /** Requests that are running now. */
  running(): number;
  /** Lets the next requests meet a fault. */
  fault(fault: Fault, options?: FaultOptions): void;
  /**
   * Lets the next chat answers be a long text of which the caller knows the whole; the parts are cut at the request's cap.
   * Throws a `TypeError` on a senseless draft.
   */
  write(draft: Draft, options?: WriteOptions): void;
  /** Resolves once so many requests (default 1) have arrived since the last reset: each is in the log, and let in or refused. */
  received(count?: number): Promise<void>;
  /** Resolves when nothing is running. */
  idle(): Promise<void>;
  /** Forgets log, counts, charges, faults, drafts, pictures and moves of the clock; the rules stay. */
  reset(): void;
  /** Stops at once, open streams included. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Starts a free-tier upstream on loopback, or with a preset a stand-in for another provider. Rejects when the port is taken,
 * and with a `TypeError` on a senseless rule or setting.
 *
 * @example
 * const sandbox = await createSandbox();
 * const client = new OpenAI({ baseURL: sandbox.baseURL, apiKey: "any" });
 * console.log(sandbox.counts());
 * await sandbox.close();
 */
export function createSandbox(options?: SandboxOptions): Promise<Sandbox>;
export function createSandbox(options: PresetOptions): Promise<PresetSandbox>;
export function createSandbox(options: SandboxOptions | PresetOptions = {}): Promise<Sandbox | PresetSandbox> {
  return options.preset === undefined ? createFreeTier(options) : createPresetSandbox(options);
}

async function createFreeTier(options: SandboxOptions): Promise<Sandbox> {
  const rules = resolveRules(options.rules);
  const clock = createClock(options.clock);
  const usageShape = options.usage ?? "usage";
  const log = createRequestLog(options.logLimit ?? 10_000);
  const faults = createFaultScript();
  const pacer = createPacer();
  const running = createRunningRequests();
  const pictures = createPictureStore();
  const writer = createWriter();
  const accounts = new Map<string, Account>();

  function accountOf(apiKey: string): Account | undefined {
    if (options.apiKeys && !options.apiKeys.includes(apiKey)) return undefined;
    const known = accounts.get(apiKey);
    if (known) return known;
    const account = createAccount(rules, clock);
    accounts.set(apiKey, account);
    return account;
  }

  const handler = createRequestHandler({
    endpoints: {
      chat: createChatEndpoint({ rules, usageShape, now: clock.now, writer }),
      embeddings: createEmbeddingEndpoint(usageShape),
      images: createImageEndpoint({
        rules,
        usageShape,
        answers: options.imageAnswers ?? "published",
        priceOf: options.imagePrices ?? (() => undefined),
        pictures,
        urlOf: (id) => `${url}/images/${id}.png`,
        now: clock.now,
      }),
    },
    accountOf,
    clock,
    errorBodies: options.errorBodies ?? "json",
    faults,
    log,
    pace: { latencyMs: options.latencyMs ?? 0, chunkDelayMs: options.chunkDelayMs ?? 0 },
    pacer,
    pictures,
    running,
  });
  const listener = await listen(handler, options.host ?? "127.0.0.1", options.port ?? 0);
  const url = `http://${listener.host.includes(":") ? `[${listener.host}]` : listener.host}:${listener.port}`;

  async function close(): Promise<void> {
    pacer.close();
    await listener.close();
  }

  return {
    url,
    baseURL: `${url}/v1`,
    rules,
    clock,
    requests: log.entries,
    counts: log.counts,
    used(apiKey) {
      if (apiKey !== undefined) return accounts.get(apiKey)?.used() ?? 0;
      return [...accounts.values()].reduce((sum, account) => sum + account.used(), 0);
    },
    running: running.count,
    fault: faults.add,
    write: writer.write,
    received: (count = 1) => log.received(count),
    idle: running.idle,
    reset() {
      log.clear();
      faults.clear();
      accounts.clear();
      pictures.clear();
      writer.clear();
      clock.reset();
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
