import type { ClosingSignal } from "../closing.js";
import type { ResolvedOptions } from "../options.js";
import type { UsageEndpoint } from "../provider/signals.js";
import { valueAt } from "../provider/value-at.js";
import { fetchJson } from "../transport/fetch-json.js";
import type { WindowHint } from "./learn.js";

/** Asks a provider what an account has left, and teaches the account. It never fails: what can't be had says nothing. */
export interface UsageReader {
  /** Before the first call of an engine: all that come wait until there is an answer, and those that come later for nothing. */
  atStart(): Promise<void>;
  /** After a refusal that our count did not foresee. A provider is not asked again within a minute. */
  afterSurprise(): Promise<void>;
}

/** What a reader needs of its account. */
export interface UsageReaderOptions {
  readonly options: Pick<ResolvedOptions, "provider" | "baseURL" | "apiKey" | "fetch" | "now">;
  readonly closed: ClosingSignal;
  /** Hears what the provider says. */
  learn(hints: readonly WindowHint[]): Promise<void>;
  warn(message: string): void;
  /** What a call may wait for an answer, in milliseconds. @default 2000 */
  readonly waitMs?: number | undefined;
}

const WAIT_MS = 2_000;
/** OpenRouter's own answer is a minute old. */
const PAUSE_MS = 60_000;

/** @returns `undefined` where the provider has no such endpoint */
export function createUsageReader(readerOptions: UsageReaderOptions): UsageReader | undefined {
  const { options, closed, learn, warn, waitMs = WAIT_MS } = readerOptions;
  const { provider, now } = options;
  const { usageEndpoint } = provider.signals;
  if (usageEndpoint === undefined) return undefined;
  let askedAt = Number.NEGATIVE_INFINITY;
  let first: Promise<void> | undefined;
  const ask = async (): Promise<void> => {
    askedAt = now();
    const controller = new AbortController();
    const stop = (): void => controller.abort();
    closed.addEventListener("abort", stop, { once: true });
    try {
      const body = await fetchUsage(options, usageEndpoint.path, controller.signal, waitMs);
      await learn(readUsageAnswer(body, usageEndpoint));
    } catch (error) {
      if (!closed.aborted)
        warn(`${provider.title}: what is left could not be asked for (${(error as Error).message}).`);
    } finally {
      closed.removeEventListener("abort", stop);
    }
  };
  return {
    atStart() {
      first ??= ask();
      return first;
    },
    async afterSurprise() {
      if (now() < askedAt || now() - askedAt >= PAUSE_MS) await ask();
    },
  };
}

function fetchUsage(
  { provider, baseURL, apiKey, fetch = globalThis.fetch }: UsageReaderOptions["options"],
  path: string,
  closed: AbortSignal,
  waitMs: number,
): Promise<unknown> {
  const request = { baseURL, path, apiKey, headers: provider.headers, fetch };
  return atMost(fetchJson(request, closed, waitMs), waitMs);
}

/** A `fetch` that was handed in may not heed its signal. */
async function atMost<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms / 1_000} s`)), ms);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
    work.catch(() => {});
  }
}

/** What the answer says of each window. A figure that is missing, or none, is no hint. */
export function readUsageAnswer(body: unknown, { windows }: UsageEndpoint): WindowHint[] {
  return windows.flatMap(({ remaining, limit, meter, period, scope }) => {
    const left = figureAt(body, remaining);
    if (left === undefined) return [];
    const most = limit === undefined ? undefined : figureAt(body, limit);
    return [
      {
        meter,
        period,
        ...(scope === undefined ? {} : { scope }),
        remaining: left,
        ...(most === undefined ? {} : { limit: most }),
      },
    ];
  });
}

function figureAt(body: unknown, path: string): number | undefined {
  const value = valueAt(body, path.split("."));
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}
