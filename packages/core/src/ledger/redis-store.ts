import { LedgerError } from "../errors/setup-errors.js";
import type { WindowRule } from "../tier/tier.js";
import { isHourly } from "./admit.js";
import { calendarEdges } from "./calendar-edges.js";
import { createHolder } from "./holder.js";
import type {
  AccountQuery,
  AccountView,
  Block,
  LedgerStore,
  LiveCall,
  ReserveAnswer,
  ReserveCommand,
} from "./ledger-store.js";
import { connectRedis, type RedisClient, type ScriptRunner, scriptRunner } from "./redis-client.js";
import { accountKeys, type RedisStep, redisScript } from "./redis-scripts.js";
import { MAX_LINGER_MS, retentionMs } from "./retention.js";

/** Options of {@link createRedisStore}. */
export interface RedisStoreOptions {
  /** A client of `ioredis` or, connected, of `redis`; a `Cluster` works as well. It stays its owner's. */
  readonly client?: RedisClient | undefined;
  /** An address in place of a client, like `redis://localhost:6379`; `ioredis` or `redis` must be installed. */
  readonly url?: string | undefined;
  /** Begins the names of all keys. @default "laplas" */
  readonly prefix?: string | undefined;
  /** How long a step may take before the ledger is said to have failed, in milliseconds. @default 5_000 */
  readonly timeoutMs?: number | undefined;
  /** Epoch milliseconds, for tests. @default the server's clock: it is the same for all machines */
  readonly now?: (() => number) | undefined;
  /** Hears that the server has lost its data; the engine's events tell of it as well. */
  readonly warn?: ((message: string) => void) | undefined;
}

/** A step failed on its way, not by its content: it may be asked again, since each is known by its id. */
const FIRST_PAUSE_MS = 25;
const SCRIPTS: ReadonlyMap<RedisStep, string> = new Map(
  (
    ["reserve", "peek", "heartbeat", "settle", "cancel", "block", "view", "calls", "costs", "learned", "learn"] as const
  ).map((step) => [step, redisScript(step)]),
);

const LOST_DATA =
  "The ledger in Redis has lost its data: what was used today is not known any more until the server refuses a call.";

/** What every answer of a script has. */
interface Reply {
  readonly now: number;
  /** Named by the first who asked; another name means that the data were lost in between. */
  readonly epoch: string;
}

/**
 * A ledger in Redis or Valkey, shared by any number of machines. Each step is one script, so that it happens whole or not at
 * all; time is the server's. A holder that gives no sign for its lease is charged what it held.
 *
 * A store that can't be reached fails with a `LedgerError`: nothing is sent uncounted. A server that has lost its data is
 * noticed and told; what it forgot, the upstream's first refusal teaches again.
 *
 * @example
 * ```ts
 * const laplas = createLaplas({ ledger: createRedisStore({ client: new Redis("redis://localhost:6379") }) });
 * ```
 */
export function createRedisStore(options: RedisStoreOptions): LedgerStore {
  const { prefix = "laplas", timeoutMs = 5_000, now, warn } = options;
  const listeners: Set<(message: string) => void> = new Set(warn === undefined ? [] : [warn]);
  /** Which account a call that has not ended is of: the later steps of a call know its id alone. */
  const accounts: Map<string, { readonly account: string; readonly fence?: number }> = new Map();
  const epochs: Map<string, string> = new Map();
  let runner: Promise<ScriptRunner> | undefined;
  let holderId: Promise<string> | undefined;
  let skewMs = 0;

  const connect = (): Promise<ScriptRunner> => {
    runner ??= openRunner(options, timeoutMs).catch((error: unknown) => {
      runner = undefined;
      throw error;
    });
    return runner;
  };

  const step = async <Answer>(name: RedisStep, account: string, makeInput: () => object): Promise<Answer & Reply> => {
    const keys = accountKeys(prefix, account);
    const attempt = async (): Promise<Answer & Reply> => {
      const input = {
        ...makeInput(),
        epoch: crypto.randomUUID(),
        ...(now === undefined ? {} : { now: Math.floor(now()) }),
      };
      const ready = await connect();
      const text = await ready.run(SCRIPTS.get(name) ?? "", keys, JSON.stringify(input));
      return JSON.parse(String(text)) as Answer & Reply;
    };
    // How long a client's library takes to load is not the server's fault. What fails, fails again below, and is told there.
    await connect().catch(() => {});
    const reply = await withinTime(timeoutMs, () =>
      attempt().catch((error: unknown) => {
        const [, at] = /CLOCK (\d+)/.exec((error as Error).message) ?? [];
        if (at === undefined) throw error;
        skewMs = Number(at) - Date.now();
        return attempt();
      }),
    );
    if (now === undefined) skewMs = reply.now - Date.now();
    const epoch = epochs.get(account);
    if (epoch !== undefined && epoch !== reply.epoch) {
      for (const listener of listeners) listener(LOST_DATA);
    }
    epochs.set(account, reply.epoch);
    return reply;
  };

  const clock = (): number => now?.() ?? Date.now() + skewMs;
  const windowsOf = (windows: readonly WindowRule[]): object[] => windows.map((rule) => windowInput(rule, clock()));
  const commandInput = (command: ReserveCommand): object => ({
    id: command.id,
    model: command.model,
    class: command.modelClass,
    surface: command.surface,
    held: command.heldApiTokens,
    own: command.countOwnHold,
    lease: command.leaseMs,
    retention: retentionMs(command.windows),
    windows: windowsOf(command.windows),
    ...(command.concurrency === null ? {} : { concurrency: command.concurrency }),
  });
  const end = async (
    name: "settle" | "cancel",
    id: string,
    input: { readonly fence?: number; readonly [field: string]: unknown },
  ): Promise<boolean> => {
    const known = accounts.get(id);
    if (known === undefined) return false;
    const { done } = await step<{ done: boolean }>(name, known.account, () => ({ id, ...input }));
    // A settlement that was not heard because its fence is stale ends nothing; one with the newest is the last that is heard of the call.
    if (done || input.fence === known.fence) accounts.delete(id);
    return done;
  };

  return {
    name: "redis",
    shared: true,
    async reserve(command) {
      holderId ??= createHolder()
        .then(({ id }) => id)
        .catch((error: unknown) => {
          holderId = undefined;
          throw storeError(error, timeoutMs);
        });
      const holder = await holderId;
      accounts.set(command.id, { account: command.account });
      const answer = await step<ReserveReply>("reserve", command.account, () => ({ ...commandInput(command), holder }));
      if (answer.outcome === "ended") throw new LedgerError(`Call ${command.id} has already been settled.`);
      if (answer.outcome === "denied") accounts.delete(command.id);
      if (answer.outcome === "admitted") accounts.set(command.id, { account: command.account, fence: answer.fence });
      return toAnswer(answer);
    },
    async peek(command) {
      const answer = await step<ReserveReply>("peek", command.account, () => commandInput(command));
      return toAnswer(answer as Exclude<ReserveReply, { outcome: "ended" }>);
    },
    async heartbeat(id, fence, leaseMs) {
      const known = accounts.get(id);
      if (known === undefined) return false;
      return (await step<{ done: boolean }>("heartbeat", known.account, () => ({ id, fence, lease: leaseMs }))).done;
    },
    settle: (id, fence, { apiTokens, estimated, lingerMs, clearsBlock }) =>
      end("settle", id, {
        fence,
        amount: apiTokens,
        estimated,
        linger: Math.ceil(Math.min(lingerMs, MAX_LINGER_MS)),
        clears: clearsBlock,
      }),
    async cancel(id) {
      await end("cancel", id, {});
    },
    async block(account, block) {
      await step("block", account, () => ({ ...block, until: Math.ceil(block.until) }));
    },
    async learned(account, key) {
      return (await step<{ value?: number }>("learned", account, () => ({ key }))).value ?? null;
    },
    async learn(account, key, value) {
      await step("learn", account, () => ({ key, value }));
    },
    async view(query: AccountQuery) {
      const view = await step<ViewReply>("view", query.account, () => ({
        model: query.model,
        windows: windowsOf(query.windows),
      }));
      const { now: at, running, waiting, block = null } = view;
      return { now: at, windows: listOf(view.windows), running, waiting, block };
    },
    async liveCalls(account, limit) {
      return listOf((await step<{ calls: LiveCall[] }>("calls", account, () => ({ limit }))).calls);
    },
    async recentCosts(account, model, limit) {
      return listOf((await step<{ costs: number[] }>("costs", account, () => ({ model, limit }))).costs);
    },
    onWarning: (listener) => void listeners.add(listener),
    async close() {
      accounts.clear();
      listeners.clear();
      await (await runner?.catch(() => undefined))?.close();
    },
  };
}

type ReserveReply = (ReserveAnswer | { readonly outcome: "ended" }) & Reply;

interface ViewReply {
  readonly windows: AccountView["windows"];
  readonly running: number;
  readonly waiting: number;
  readonly block?: Block;
}

function toAnswer({ epoch: _, ...answer }: ReserveAnswer & Reply): ReserveAnswer {
  return answer.outcome === "admitted" ? { ...answer, used: listOf(answer.used) } : answer;
}

/** Lua has one kind of table: an empty list comes as an empty object. */
function listOf<T>(list: readonly T[]): T[] {
  return Array.isArray(list) ? [...list] : [];
}

/** A window as the script reads it: what it needs of the rule, and where the calendar's edges lie. */
function windowInput(rule: WindowRule, at: number): object {
  const { id, metric, limit, per, surface, marginMs: margin, period } = rule;
  return {
    id,
    metric,
    limit,
    per,
    surface,
    margin,
    hourly: isHourly(rule),
    ...(rule.class === undefined ? {} : { class: rule.class }),
    ...(period.type === "rolling" ? { span: period.spanMs } : { edges: calendarEdges(period, at) }),
  };
}

async function openRunner({ client, url }: RedisStoreOptions, timeoutMs: number): Promise<ScriptRunner> {
  if (client !== undefined) return scriptRunner(client);
  return connectRedis(url ?? "redis://127.0.0.1:6379", timeoutMs);
}

/** Asks again while the connection is lost, for as long as a step may take. @throws LedgerError */
async function withinTime<T>(timeoutMs: number, attempt: () => Promise<T>): Promise<T> {
  const giveUpAt = performance.now() + timeoutMs;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failure: unknown;
  let isOver = false;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(storeError(failure, timeoutMs)), timeoutMs);
  });
  const again = async (): Promise<T> => {
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs *= 2) {
      try {
        return await attempt();
      } catch (error) {
        failure = error;
        if (isOver || !isLost(error) || performance.now() + pauseMs > giveUpAt) throw storeError(error, timeoutMs);
      }
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  };
  try {
    return await Promise.race([again(), late]);
  } finally {
    isOver = true;
    clearTimeout(timer);
  }
}

/** Whether a failure lies on the way to the server, or in a server that is not ready yet. */
function isLost(error: unknown): boolean {
  const { code = "", name = "", message = "" } = error as { code?: string; name?: string; message?: string };
  return (
    /^E[A-Z]+$/.test(code) ||
    /Connection|Socket|Closed|MaxRetries|Abort/i.test(`${name} ${message}`) ||
    /^(LOADING|MASTERDOWN|CLUSTERDOWN|TRYAGAIN)|READONLY/.test(message)
  );
}

function storeError(error: unknown, timeoutMs: number): Error {
  if (LedgerError.isInstance(error) || (error as { code?: unknown } | undefined)?.code === "invalid_options")
    return error as Error;
  const reason = error === undefined ? `no answer within ${timeoutMs} ms` : reasonOf(error as Error);
  return new LedgerError(
    `The ledger in Redis failed, so nothing was sent uncounted: ${reason}. Mend the server, or name another place in option "ledger" (LAPLAS_LEDGER).`,
    { cause: plainError(error) },
  );
}

/** A client's own words, but where they speak of its options and not of the server. */
function reasonOf({ name, message }: Error): string {
  if (/^Reached the max retries/.test(message)) return "it can't be reached";
  return message.replace(/\.+$/, "") || name;
}

/** Clients hang the command that failed onto its error, and that of the greeting holds the password. */
function plainError(error: unknown): Error | undefined {
  if (error === undefined) return undefined;
  const { name, message, code } = error as Error & { code?: string };
  return Object.assign(new Error(message), { name }, code === undefined ? {} : { code });
}
