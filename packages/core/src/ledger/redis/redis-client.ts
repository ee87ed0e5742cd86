import { InvalidOptionsError } from "../../errors/setup-errors.js";
import { importOptional } from "../../import-node.js";

/** The part of an ioredis client that is used. A `Cluster` has it too. */
export interface IoredisClient {
  evalsha(sha: string, keyCount: number, ...keysAndArguments: string[]): Promise<unknown>;
  eval(script: string, keyCount: number, ...keysAndArguments: string[]): Promise<unknown>;
}

/** The part of a connected client of the package `redis` that is used. */
export interface NodeRedisClient {
  evalSha(sha: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
}

/** A client of Redis or Valkey, of the packages `ioredis` or `redis`. */
export type RedisClient = IoredisClient | NodeRedisClient;

/** Runs scripts. */
export interface ScriptRunner {
  run(script: string, keys: readonly string[], argument: string): Promise<unknown>;
  /** Ends a client that was made from an address; one that was handed in is its owner's. */
  close(): Promise<void>;
}

/** A runner on a client that was handed in. */
export function scriptRunner(client: RedisClient, close: () => Promise<void> = async () => {}): ScriptRunner {
  const hashes: Map<string, Promise<string>> = new Map();
  const hashOf = (script: string): Promise<string> => {
    let hash = hashes.get(script);
    if (hash === undefined) {
      hash = sha1(script);
      hashes.set(script, hash);
    }
    return hash;
  };
  return {
    async run(script, keys, argument) {
      try {
        return await bySha(client, await hashOf(script), keys, argument);
      } catch (error) {
        // A server that has been restarted, or another node of a cluster, does not know the script yet.
        if (!/NOSCRIPT/.test((error as Error).message)) throw error;
        return await bySource(client, script, keys, argument);
      }
    },
    close,
  };
}

/**
 * Connects to an address with whichever client is installed.
 *
 * @throws InvalidOptionsError where there is none
 */
export async function connectRedis(url: string, connectMs: number): Promise<ScriptRunner> {
  const ioredis = await importOptional<typeof import("ioredis")>("ioredis");
  if (ioredis !== undefined) {
    const client = new ioredis.Redis(url, {
      // The ledger repeats what failed and gives up in time of its own; calls should hear of it, not pile up behind it.
      maxRetriesPerRequest: 1,
      connectTimeout: connectMs,
      retryStrategy: (attempts) => Math.min(50 * 2 ** attempts, 1_000),
      // After a fail-over the address leads to the new master, the open connection to the old one.
      reconnectOnError: ({ message }) => message.includes("READONLY"),
    });
    // A program that forgets to close the engine ends all the same; whoever waits for an answer has a timer that runs.
    client.on("connect", () => client.stream.unref());
    // Without a listener a lost connection would end the process; each step tells of it anyway.
    client.on("error", () => {});
    return scriptRunner(client, async () => client.disconnect());
  }
  const redis = await importOptional<typeof import("redis")>("redis");
  if (redis !== undefined) {
    const socket = {
      connectTimeout: connectMs,
      reconnectStrategy: (attempts: number) => Math.min(50 * 2 ** attempts, 1_000),
    };
    // What had its time is kept until the server is back: a bound, for one that stays away.
    const client = redis.createClient({ url, socket, commandsQueueMaxLength: 10_000 });
    client.on("error", () => {});
    // It connects for as long as it takes, and keeps commands until then; each has its own time to fail in.
    client.connect().catch(() => {});
    return scriptRunner(client as unknown as NodeRedisClient, async () => client.destroy());
  }
  throw new InvalidOptionsError(
    'Option "ledger" (LAPLAS_LEDGER) is an address of Redis, and no client for it is installed: npm install ioredis, or hand in a client of your own with createRedisStore({ client }).',
  );
}

function bySha(client: RedisClient, sha: string, keys: readonly string[], argument: string): Promise<unknown> {
  return "evalsha" in client
    ? client.evalsha(sha, keys.length, ...keys, argument)
    : client.evalSha(sha, { keys: [...keys], arguments: [argument] });
}

function bySource(client: RedisClient, script: string, keys: readonly string[], argument: string): Promise<unknown> {
  return "evalsha" in client
    ? client.eval(script, keys.length, ...keys, argument)
    : (client as NodeRedisClient).eval(script, { keys: [...keys], arguments: [argument] });
}

async function sha1(text: string): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-1", new TextEncoder().encode(text)));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
