import type { RedisStoreOptions } from "../ledger/redis/redis-store.js";
import type { WindowRule } from "../tier/tier.js";

/** A call, as laplas 0.1.0 asked for it. */
export interface FirstEditionCommand {
  readonly id: string;
  readonly account: string;
  readonly model: string;
  readonly modelClass: "regular" | "pro";
  readonly surface: "api" | "playground";
  readonly heldApiTokens: number;
  readonly countOwnHold: boolean;
  readonly windows: readonly WindowRule[];
  readonly concurrency: number | null;
  readonly leaseMs: number;
}

/** The store of laplas 0.1.0, as far as tests use it. */
export interface FirstEditionStore {
  reserve(command: FirstEditionCommand): Promise<{ readonly outcome: string; readonly fence: number }>;
  peek(command: FirstEditionCommand): Promise<unknown>;
  heartbeat(id: string, fence: number, leaseMs: number): Promise<boolean>;
  settle(
    id: string,
    fence: number,
    settlement: {
      readonly apiTokens: number;
      readonly estimated: boolean;
      readonly lingerMs: number;
      readonly clearsBlock: boolean;
    },
  ): Promise<boolean>;
  block(account: string, block: { readonly until: number; readonly code: string; readonly rule: string }): Promise<void>;
  learn(account: string, key: string, value: number): Promise<void>;
  view(query: {
    readonly account: string;
    readonly model: string;
    readonly windows: readonly WindowRule[];
  }): Promise<unknown>;
  close(): Promise<void>;
}

export function createRedisStore(options: RedisStoreOptions): FirstEditionStore;
