import { LedgerError } from "../../errors/setup-errors.js";
import type { LedgerStore, LiveCall, ReserveCommand } from "../ledger-store.js";
import { createMisdatedWarning, MEND_BY_COMMAND, type Misdated } from "../misdated.js";
import { MAX_LINGER_MS } from "../retention.js";
import { createCalendarEdges } from "./calendar-edges.js";
import type { RedisClient } from "./redis-client.js";
import { answerOf, listOf, type ReserveReply, type ViewReply, viewOf } from "./step-answer.js";
import { bucketInput, claimInput, commandInput, lessonsInput } from "./step-input.js";
import { createStepRunner } from "./step-runner.js";

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
  /**
   * How long after its start a server that does not know an account admits nothing of it, in milliseconds: calls that ran before a restart
   * may run on, and are entered again by then. 0 for a server that is new. @default 30_000
   */
  readonly restartPauseMs?: number | undefined;
  /** Epoch milliseconds, for tests. @default the server's clock: it is the same for all machines */
  readonly now?: (() => number) | undefined;
  /** Called with the number of elements that a step has read, for tests that count them. */
  readonly onRead?: ((elements: number) => void) | undefined;
  /** Hears that the server has lost its data; the engine's events tell of it as well. */
  readonly warn?: ((message: string) => void) | undefined;
}

/** A call of this store that has not ended: the later steps of a call know its id alone, and a server may forget it. */
interface OwnCall {
  readonly command: ReserveCommand;
  readonly held?: { readonly fence: number; readonly since: number; readonly probes: readonly string[] };
}

/**
 * A ledger in Redis or Valkey, shared by any number of machines. Each step is one script, so that it happens whole or not at
 * all; time is the server's. A holder that gives no sign for its lease is charged what it held.
 *
 * A store that can't be reached fails with a `LedgerError`: nothing is sent uncounted. A server that has lost its data is
 * noticed and told: calls that run are entered again, and what else it forgot, the upstream's first refusal teaches again.
 *
 * @example
 * ```ts
 * const laplas = createLaplas({ ledger: createRedisStore({ client: new Redis("redis://localhost:6379") }) });
 * ```
 */
export function createRedisStore(options: RedisStoreOptions): LedgerStore {
  const { prefix = "laplas", timeoutMs = 5_000, restartPauseMs = 30_000, warn } = options;
  const listeners: Set<(message: string) => void> = new Set(warn === undefined ? [] : [warn]);
  const calls: Map<string, OwnCall> = new Map();
  // Not before the first step: where stores are made outside of requests, as on workers, there are no random numbers.
  let holderId: string | undefined;
  const holderOf = (): string => {
    holderId ??= crypto.randomUUID();
    return holderId;
  };
  const edges = createCalendarEdges();
  let leaseMs = 30_000;

  const tell = (message: string): void => {
    for (const listener of listeners) listener(message);
  };
  const { run, close } = createStepRunner({
    ...options,
    prefix,
    timeoutMs,
    restartPauseMs,
    warn: tell,
    onAhead: createMisdatedWarning(tell, MEND_BY_COMMAND),
    runningCalls: (account) => ({ holder: holderOf(), lease: leaseMs, calls: [...heldIn(account)] }),
  });

  function* heldIn(account: string): Iterable<object> {
    for (const [id, { command, held }] of calls) {
      if (held === undefined || command.account !== account) continue;
      yield {
        id,
        label: command.label,
        buckets: bucketInput(command),
        slots: command.slots.map(({ name }) => name),
        ...held,
      };
    }
  }

  const end = async (
    step: "settle" | "cancel",
    id: string,
    input: { readonly fence?: number; readonly [field: string]: unknown },
  ): Promise<boolean> => {
    const known = calls.get(id);
    if (known === undefined) return false;
    const { done } = await run<{ done: boolean }>(step, known.command.account, () => ({ id, ...input }));
    // A settlement that was not heard because its fence is stale ends nothing; one with the newest is the last that is heard of the call.
    if (done || input.fence === known.held?.fence) calls.delete(id);
    return done;
  };

  return {
    name: "redis",
    shared: true,
    async reserve(command, { ticket } = { ticket: true }) {
      ({ leaseMs } = command);
      const isNew = !calls.has(command.id);
      if (isNew) calls.set(command.id, { command });
      const reply = await run<ReserveReply>("reserve", command.account, (time) => ({
        ...commandInput(command, edges, time),
        holder: holderOf(),
        ticket,
      }));
      if (reply.outcome === "ended") throw new LedgerError(`Call ${command.id} has already been settled.`);
      const answer = answerOf(reply, command);
      const leavesNothing = answer.outcome === "queued" && isNew && !ticket;
      if (answer.outcome === "denied" || leavesNothing) calls.delete(command.id);
      if (answer.outcome === "admitted") {
        const { fence, probes, now: since } = answer;
        calls.set(command.id, { command, held: calls.get(command.id)?.held ?? { fence, probes, since } });
      }
      return answer;
    },
    async peek(command) {
      const reply = await run<Exclude<ReserveReply, { outcome: "ended" }>>("peek", command.account, (time) =>
        commandInput(command, edges, time),
      );
      return answerOf(reply, command);
    },
    async heartbeat(account, leases, lease) {
      leaseMs = lease;
      const reply = await run<{ leases: number[] }>("heartbeat", account, () => ({
        holder: holderOf(),
        lease,
        leases,
      }));
      return listOf(reply.leases).flatMap((index) => leases[index] ?? []);
    },
    settle: (id, fence, { amounts, estimated, lingerMs, outcome }) =>
      end("settle", id, { fence, amounts, estimated, outcome, linger: Math.ceil(Math.min(lingerMs, MAX_LINGER_MS)) }),
    async cancel(id) {
      await end("cancel", id, {});
    },
    async teach(account, lessons) {
      await run("teach", account, (time) => lessonsInput(lessons, edges, time));
    },
    async learned(account, key) {
      const { value } = await run<{ value?: string }>("learned", account, () => ({ key }));
      return value === undefined ? null : Number(value);
    },
    async view(account, claims) {
      const reply = await run<ViewReply>("view", account, (time) => ({
        claims: claims.map((claim) => claimInput(claim, 0, edges, time)),
      }));
      return viewOf(reply);
    },
    async liveCalls(account, limit) {
      return listOf((await run<{ calls: LiveCall[] }>("calls", account, () => ({ limit }))).calls);
    },
    async recentCosts(account, label, bucket, limit) {
      const { costs } = await run<{ costs: string[] }>("costs", account, () => ({ label, bucket, limit }));
      return listOf(costs).map(Number);
    },
    async misdated(account) {
      const { calls, latest, blocks } = await run<Misdated>("misdated", account, () => ({}));
      return latest === undefined ? { calls, blocks } : { calls, latest, blocks };
    },
    async redate(account) {
      await run("redate", account, () => ({}));
    },
    onWarning: (listener) => void listeners.add(listener),
    async close() {
      calls.clear();
      listeners.clear();
      await close();
    },
  };
}
