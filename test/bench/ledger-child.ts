import { once } from "node:events";
import { pathToFileURL } from "node:url";
import { createRedisStore } from "@laplas/core";
import Bottleneck from "bottleneck";
import { Redis } from "ioredis";
import { RateLimiterMemory, RateLimiterRedis } from "rate-limiter-flexible";
import type { LedgerStore } from "../../packages/core/src/ledger/ledger-store.ts";
import type { CoreParts } from "./bundle-core.ts";
import { answerParent } from "./child.ts";
import { COST, callOnce, claimsOfTier, HELD } from "./ledger-call.ts";

export interface LedgerQuestion {
  /** A module that exports {@link CoreParts}. */
  readonly bundle: string;
  readonly row: LedgerRowName;
  readonly file: string;
  readonly redisURL: string;
  /** Names the accounts of this round, which the processes share. */
  readonly round: string;
  readonly calls: number;
}

/** One way of keeping an account: what one call takes of it, from before its request to after its answer. */
interface Account {
  /** @param account changes now and then, so that what is counted is not a day of thousands of calls */
  call(account: string): Promise<void>;
  close(): Promise<void>;
}

const CALLS_PER_ACCOUNT = 100;
const DAY_S = 86_400;

interface LedgerRow {
  readonly name: string;
  readonly isShared: boolean;
  /** What of the free tier's rules it can't say. */
  readonly lacks: string;
  open(question: LedgerQuestion): Promise<Account>;
}

const FLEXIBLE_LACKS =
  "one at a time, a queue, a call that is charged only what it cost (give back with `reward`), which process died holding what, calendar days";
const BOTTLENECK_LACKS =
  "a cost known afterwards (give back with `incrementReservoir`), which process died holding what, windows of their own per model, a day that starts at midnight";

const memory = {
  name: "laplas, memory",
  isShared: false,
  lacks: "",
  open: async ({ bundle }) => {
    const core = await partsOf(bundle);
    return ours(core, core.createMemoryStore({ now: Date.now }));
  },
} as const satisfies LedgerRow;
const sqlite = {
  name: "laplas, SQLite",
  isShared: true,
  lacks: "",
  open: async ({ bundle, file }) => {
    const core = await partsOf(bundle);
    const options = { path: file, synchronous: "normal", now: Date.now, warn: console.error } as const;
    return ours(core, await core.createSqliteStore(options));
  },
} as const satisfies LedgerRow;
const redis = {
  name: "laplas, Redis",
  isShared: true,
  lacks: "",
  open: async ({ bundle, redisURL }) =>
    ours(await partsOf(bundle), createRedisStore({ url: redisURL, restartPauseMs: 0 })),
} as const satisfies LedgerRow;

export const LEDGER_ROWS = {
  memory,
  sqlite,
  redis,
  flexibleMemory: {
    name: "rate-limiter-flexible, memory",
    isShared: false,
    lacks: FLEXIBLE_LACKS,
    open: async () => flexible(new RateLimiterMemory({ points: 50_000, duration: DAY_S }), async () => {}),
  },
  flexibleRedis: {
    name: "rate-limiter-flexible, Redis",
    isShared: true,
    lacks: FLEXIBLE_LACKS,
    open: async ({ redisURL }) => {
      const client = await connect(redisURL);
      const limiter = new RateLimiterRedis({ storeClient: client, points: 50_000, duration: DAY_S });
      return flexible(limiter, async () => client.disconnect());
    },
  },
  bottleneckMemory: {
    name: "bottleneck, memory",
    isShared: false,
    lacks: BOTTLENECK_LACKS,
    open: async () =>
      bottleneck(
        () => new Bottleneck(BOTTLENECK_OPTIONS),
        async () => {},
      ),
  },
  bottleneckRedis: {
    name: "bottleneck, Redis",
    isShared: true,
    lacks: BOTTLENECK_LACKS,
    open: async ({ redisURL }) => {
      const client = await connect(redisURL);
      const connection = new Bottleneck.IORedisConnection({ client });
      const make = (id: string): Bottleneck => new Bottleneck({ ...BOTTLENECK_OPTIONS, id, connection });
      return bottleneck(make, async () => {
        await connection.disconnect(false);
        client.disconnect();
      });
    },
  },
} as const satisfies Record<string, LedgerRow>;

export type LedgerRowName = keyof typeof LEDGER_ROWS;

/** A day's budget, given back by the caller or by time. */
const BOTTLENECK_OPTIONS = {
  reservoir: 50_000,
  reservoirRefreshAmount: 50_000,
  reservoirRefreshInterval: DAY_S * 1_000,
} as const;

let opened: { readonly row: LedgerRowName; readonly account: Promise<Account> } | undefined;

answerParent(async (question: LedgerQuestion): Promise<number[]> => {
  if (opened?.row !== question.row) {
    await (await opened?.account)?.close();
    opened = { row: question.row, account: LEDGER_ROWS[question.row].open(question) };
  }
  const account = await opened.account;
  const timed: number[] = [];
  for (let index = 0; index < question.calls; index += 1) {
    const name = `${question.round}-${Math.floor(index / CALLS_PER_ACCOUNT)}`;
    const startedAt = performance.now();
    await account.call(name);
    timed.push(performance.now() - startedAt);
  }
  return timed;
});

async function partsOf(bundle: string): Promise<CoreParts> {
  return (await import(pathToFileURL(bundle).href)) as CoreParts;
}

async function connect(url: string): Promise<Redis> {
  const client = new Redis(url);
  await once(client, "ready");
  return client;
}

function ours({ freeTier }: CoreParts, store: LedgerStore): Account {
  return {
    call: (account) => callOnce(store, claimsOfTier(freeTier), account),
    close: () => store.close(),
  };
}

function flexible(limiter: RateLimiterMemory | RateLimiterRedis, close: () => Promise<void>): Account {
  return {
    async call(account) {
      await limiter.consume(account, HELD);
      await limiter.reward(account, HELD - COST);
    },
    close,
  };
}

function bottleneck(make: (id: string) => Bottleneck, close: () => Promise<void>): Account {
  let current: { readonly account: string; readonly limiter: Bottleneck } | undefined;
  return {
    async call(account) {
      if (current?.account !== account) {
        await current?.limiter.disconnect(false);
        current = { account, limiter: make(account) };
        await current.limiter.ready();
      }
      const { limiter } = current;
      await limiter.schedule({ weight: HELD }, async () => {});
      await limiter.incrementReservoir(HELD - COST);
    },
    async close() {
      await current?.limiter.disconnect(false);
      await close();
    },
  };
}
