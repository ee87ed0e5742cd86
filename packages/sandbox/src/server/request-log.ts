/** How a request ended. A request that still runs is `running`. */
export type RequestOutcome = "running" | "answered" | "refused" | "probe" | "faulted";

/** One line of the request log. It is written when the request arrives and filled in as it goes on. */
export interface LoggedRequest {
  /** Arrival, milliseconds since 1970 on the sandbox's clock. */
  at: number;
  method: string;
  path: string;
  model: string | undefined;
  /** The parsed body; the raw text where it is not JSON. */
  body: unknown;
  /** As received, with the key masked. */
  headers: Record<string, string>;
  /** The answer's status; 0 while it runs and where the connection was cut instead. */
  status: number;
  outcome: RequestOutcome;
  /** Why it was refused, or which fault it met. */
  reason?: string;
  /** What its key was charged. */
  apiTokens: number;
  streamed: boolean;
  /** Whether the client went away before the end. */
  aborted: boolean;
}

/** How many requests had which outcome; never trimmed. */
export interface RequestCounts {
  received: number;
  answered: number;
  refused: number;
  probe: number;
  faulted: number;
}

export interface RequestLog {
  readonly entries: readonly LoggedRequest[];
  open(entry: LoggedRequest): void;
  close(entry: LoggedRequest, outcome: Exclude<RequestOutcome, "running">, status: number, reason?: string): void;
  counts(): RequestCounts;
  /** Resolves once so many requests have arrived, counted as `counts` does. */
  received(count: number): Promise<void>;
  clear(): void;
}

/** A bounded log: the oldest lines go, the counts stay. */
export function createRequestLog(limit: number): RequestLog {
  const entries: LoggedRequest[] = [];
  let counts = emptyCounts();
  // A request that began before a `clear` must not count after it.
  let generation = new WeakSet<LoggedRequest>();
  let waiting: { count: number; resolve: () => void }[] = [];
  return {
    entries,
    open(entry) {
      entries.push(entry);
      generation.add(entry);
      if (entries.length > limit) entries.shift();
      counts.received += 1;
      for (const { count, resolve } of waiting) if (count <= counts.received) resolve();
      waiting = waiting.filter(({ count }) => count > counts.received);
    },
    close(entry, outcome, status, reason) {
      if (entry.outcome !== "running") return;
      entry.outcome = outcome;
      entry.status = status;
      if (reason !== undefined) entry.reason = reason;
      if (generation.has(entry)) counts[outcome] += 1;
    },
    counts: () => ({ ...counts }),
    received: (count) =>
      counts.received >= count ? Promise.resolve() : new Promise((resolve) => waiting.push({ count, resolve })),
    clear() {
      entries.length = 0;
      counts = emptyCounts();
      generation = new WeakSet();
    },
  };
}

function emptyCounts(): RequestCounts {
  return { received: 0, answered: 0, refused: 0, probe: 0, faulted: 0 };
}
