import { createFaultScript, type Fault, type FaultOptions } from "../server/fault.js";
import { type Listener, listen } from "../server/listen.js";
import { createPacer } from "../server/pacer.js";
import { createRequestLog, type LoggedRequest, type RequestCounts } from "../server/request-log.js";
import { createRunningRequests } from "../server/running-requests.js";
import { type ClockOptions, createClock, type SandboxClock } from "../tier/clock.js";
import type { Draft, WriteOptions } from "../writing/draft.js";
import { createWriter } from "../writing/writer.js";
import type { HostFailure, PresetName } from "./preset.js";
import { createPresetFetch } from "./preset-fetch.js";
import { createPresetHandler } from "./preset-handler.js";
import type { PresetSettings } from "./preset-settings.js";
import { createTokenCounter } from "./preset-tokens.js";
import { createPresetUpstream, type Verdict } from "./preset-upstream.js";
import { resolvePreset } from "./presets.js";

/** Options of a sandbox that stands in for another provider. */
export interface PresetOptions extends PresetSettings {
  preset: PresetName;
  /** Port to listen on; 0 takes a free one. @default 0 */
  port?: number;
  /** Address to listen on. @default "127.0.0.1" */
  host?: string;
  /** Keys that are accepted; each is an account of its own. @default any key that is not empty */
  apiKeys?: readonly string[];
  /** Wait before the first byte of an answer, in real time. @default 0 */
  latencyMs?: number;
  /** Wait between two chunks of a stream, in real time. @default 0 */
  chunkDelayMs?: number;
  /** Start and kind of the clock. @default real time */
  clock?: ClockOptions;
  /** Requests the log keeps. @default 10_000 */
  logLimit?: number;
  /** How far the count of a text's tokens may be from one per four characters. @default 0.15 */
  tokenSpread?: number;
  /** Which admitted requests fail at the host behind the provider; `attempt` counts them from 0. @default none */
  hostFails?: (request: LoggedRequest, attempt: number) => HostFailure | undefined;
}

/** Use of one window of a model. */
export interface WindowUse {
  id: string;
  limit: number;
  used: number;
  /** Milliseconds since 1970 at which nothing counts as used. */
  resetsAt: number;
}

/** A running stand-in for a provider. */
export interface PresetSandbox {
  readonly preset: PresetName;
  /** `http://host:port` */
  readonly url: string;
  /** What a client takes as its base URL. */
  readonly baseURL: string;
  readonly clock: SandboxClock;
  /** The ids of its models. */
  readonly models: readonly string[];
  /** The request log, oldest first. `reason` of a refusal names the windows; `apiTokens` are model tokens. */
  readonly requests: readonly LoggedRequest[];
  counts(): RequestCounts;
  running(): number;
  /** The same provider without a socket, for tests on a clock of their own. It answers at once, a stream in one piece. */
  readonly fetch: typeof fetch;
  /** Whether a chat body would be answered at a moment, which is not before the last request. Nothing is charged. */
  judge(body: unknown, at?: number, apiKey?: string): Verdict;
  /** What the windows of a model hold. */
  windows(model: string, apiKey?: string): readonly WindowUse[];
  /** Lets the next requests meet a fault. */
  fault(fault: Fault, options?: FaultOptions): void;
  /** Lets the next answers be a long text of which the caller knows the whole. */
  write(draft: Draft, options?: WriteOptions): void;
  received(count?: number): Promise<void>;
  idle(): Promise<void>;
  /** Ends all connections and refuses new ones until `revive`, which takes the same port. */
  kill(): Promise<void>;
  revive(): Promise<void>;
  /** Forgets log, counts, charges, faults, drafts and moves of the clock. */
  reset(): void;
  /** Stops at once, open streams included. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts a stand-in for a provider's free tier. Throws a `TypeError` on a senseless setting. */
export async function createPresetSandbox(options: PresetOptions): Promise<PresetSandbox> {
  const preset = resolvePreset(options.preset, options);
  const clock = createClock(options.clock);
  const log = createRequestLog(options.logLimit ?? 10_000);
  const faults = createFaultScript();
  const pacer = createPacer();
  const running = createRunningRequests();
  const writer = createWriter();
  const upstream = createPresetUpstream({
    preset,
    countTokens: createTokenCounter(options.tokenSpread),
    apiKeys: options.apiKeys,
    hostFails: options.hostFails ?? (() => undefined),
    now: clock.now,
    writer,
  });
  const pace = { latencyMs: options.latencyMs ?? 0, chunkDelayMs: options.chunkDelayMs ?? 0 };
  const parts = { preset, upstream, clock, faults, log, pace, pacer, running };
  const handler = createPresetHandler(parts);
  const host = options.host ?? "127.0.0.1";
  let listener: Listener | undefined = await listen(handler, host, options.port ?? 0);
  const { port } = listener;
  const url = `http://${host.includes(":") ? `[${host}]` : host}:${port}`;

  async function kill(): Promise<void> {
    const open = listener;
    listener = undefined;
    await open?.close();
  }
  async function close(): Promise<void> {
    pacer.close();
    await kill();
  }
  const keyOf = (apiKey: string | undefined): string => apiKey ?? options.apiKeys?.[0] ?? "key";

  return {
    preset: preset.name,
    url,
    baseURL: url + (preset.clientPath ?? preset.base),
    clock,
    models: preset.models.map(({ id }) => id),
    requests: log.entries,
    counts: log.counts,
    running: running.count,
    fetch: createPresetFetch(parts, () => listener === undefined),
    judge: (body, at = clock.now(), apiKey) => upstream.judge(body, keyOf(apiKey), at),
    windows(model, apiKey) {
      const now = clock.now();
      const states = upstream.windows(model, keyOf(apiKey), now);
      return states.map(({ rule, limit, used, resetMs }) => ({ id: rule.id, limit, used, resetsAt: now + resetMs }));
    },
    fault: faults.add,
    write: writer.write,
    received: (count = 1) => log.received(count),
    idle: running.idle,
    kill,
    async revive() {
      listener ??= await listen(handler, host, port);
    },
    reset() {
      log.clear();
      faults.clear();
      upstream.clear();
      writer.clear();
      clock.reset();
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
