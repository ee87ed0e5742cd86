import type { RedisClient, ScriptRunner } from "./redis-client.js";
import { connectRedis, scriptRunner } from "./redis-client.js";
import { storeError } from "./redis-errors.js";
import { type RedisStep, redisScript, stateKey } from "./redis-scripts.js";
import type { AttemptTime } from "./step-input.js";
import { withinTime } from "./within-time.js";

export interface StepRunnerOptions {
  readonly client?: RedisClient | undefined;
  readonly url?: string | undefined;
  readonly prefix: string;
  readonly timeoutMs: number;
  readonly restartPauseMs: number;
  readonly now?: (() => number) | undefined;
  readonly onRead?: ((elements: number) => void) | undefined;
  readonly warn: (message: string) => void;
  /** Called where an account has rows that are too far ahead to count. */
  readonly onAhead: () => void;
  /** Fills the input of the step that enters this store's running calls again. */
  readonly runningCalls: (account: string) => object;
}

/** What every answer of a script has. */
export interface Reply {
  readonly now: number;
  /** Named by the account's first caller; another name means that the data were lost in between. */
  readonly epoch: string;
  /** Grows with every admission and every end. */
  readonly moves: number;
}

/** Runs the steps of a store. */
export interface StepRunner {
  run<Answer>(step: RedisStep, account: string, makeInput: (time: AttemptTime) => object): Promise<Answer & Reply>;
  close(): Promise<void>;
}

interface FullReply extends Reply {
  /** The account is not the one that was seen last, so nothing was done. */
  readonly lost?: true;
  /** Charges are gone that were counted before. */
  readonly missing?: true;
  /** A bucket has rows that are too far ahead to count. */
  readonly ahead?: true;
  readonly elements?: number;
}

/** What was seen of an account, and when by this process's clock. */
interface Seen {
  readonly epoch: string;
  readonly moves: number;
  readonly seenAt: number;
}

/** An account that is not used expires a day later at the earliest; that is no loss. */
const REMEMBERED_MS = 7 * 86_400_000;

/** Servers that take turns, each with an account of its own, are no ledger. */
const MOST_LOSSES = 5;

const LOST_DATA =
  "The ledger in Redis has lost its data: what was used today is not known any more until the server refuses a call.";

export function createStepRunner(options: StepRunnerOptions): StepRunner {
  const { prefix, timeoutMs, now } = options;
  const scripts: Map<RedisStep, string> = new Map();
  const accounts: Map<string, Seen> = new Map();
  let runner: Promise<ScriptRunner> | undefined;
  let skewMs = 0;

  const connect = (): Promise<ScriptRunner> => {
    runner ??= openRunner(options).catch((error: unknown) => {
      runner = undefined;
      throw error;
    });
    return runner;
  };

  const scriptOf = (step: RedisStep): string => {
    const script = scripts.get(step) ?? redisScript(step);
    scripts.set(step, script);
    return script;
  };

  const seenOf = (account: string): Seen | undefined => {
    const seen = accounts.get(account);
    return seen === undefined || performance.now() - seen.seenAt > REMEMBERED_MS ? undefined : seen;
  };

  const ask = async (step: RedisStep, account: string, input: object, seen: Seen | undefined): Promise<FullReply> => {
    const argument = {
      ...input,
      epoch: crypto.randomUUID(),
      pause: options.restartPauseMs,
      ...(seen === undefined ? {} : { seen: { epoch: seen.epoch, moves: seen.moves } }),
      ...(now === undefined ? {} : { now: Math.floor(now()) }),
      ...(options.onRead === undefined ? {} : { counts: true }),
    };
    const ready = await connect();
    const text = await ready.run(scriptOf(step), [stateKey(prefix, account)], JSON.stringify(argument));
    const reply = JSON.parse(String(text)) as FullReply;
    if (now === undefined) skewMs = reply.now - Date.now();
    if (reply.elements !== undefined) options.onRead?.(reply.elements);
    return reply;
  };

  /** Asks again where the script needs other edges of the calendar. */
  const askInTime = async (
    step: RedisStep,
    account: string,
    makeInput: (time: AttemptTime) => object,
    seen: Seen | undefined,
  ): Promise<FullReply> => {
    let isFar = false;
    for (let tries = 0; ; tries += 1) {
      try {
        return await ask(step, account, makeInput({ at: now?.() ?? Date.now() + skewMs, isFar }), seen);
      } catch (error) {
        const [, need = "", at] = /(CLOCK|PERIODS) ?(\d*)/.exec((error as Error).message) ?? [];
        if (need === "" || tries >= 2) throw error;
        if (need === "PERIODS") isFar = true;
        else skewMs = Number(at) - Date.now();
      }
    }
  };

  const attempt = async (
    step: RedisStep,
    account: string,
    makeInput: (time: AttemptTime) => object,
  ): Promise<FullReply> => {
    for (let tries = 0; tries < MOST_LOSSES; tries += 1) {
      const seen = seenOf(account);
      const reply = await askInTime(step, account, makeInput, seen);
      const { epoch, moves, missing } = reply;
      const known = accounts.get(account);
      if (reply.lost !== true) {
        if (missing) options.warn(LOST_DATA);
        if (reply.ahead) options.onAhead();
        const newest = known?.epoch === epoch ? Math.max(known.moves, moves) : moves;
        accounts.set(account, { epoch, moves: newest, seenAt: performance.now() });
        return reply;
      }
      // Of several steps that met the loss, the first enters the calls again; those behind find that done.
      if (known !== seen) continue;
      const entered = await ask("reenter", account, options.runningCalls(account), seen);
      if (accounts.get(account) !== known) continue;
      options.warn(LOST_DATA);
      accounts.set(account, { epoch: entered.epoch, moves: entered.moves, seenAt: performance.now() });
    }
    throw new Error("the server loses its data again and again");
  };

  return {
    async run<Answer>(step: RedisStep, account: string, makeInput: (time: AttemptTime) => object) {
      // How long a client's library takes to load is not the server's fault. What fails, fails again below, and is told there.
      await connect().catch(() => {});
      return (await withinTime(timeoutMs, () => attempt(step, account, makeInput))) as Answer & FullReply;
    },
    async close() {
      await (await runner?.catch(() => undefined))?.close();
    },
  };
}

async function openRunner({ client, url, timeoutMs }: StepRunnerOptions): Promise<ScriptRunner> {
  try {
    if (client !== undefined) return scriptRunner(client);
    return await connectRedis(url ?? "redis://127.0.0.1:6379", timeoutMs);
  } catch (error) {
    throw storeError(error, timeoutMs);
  }
}
