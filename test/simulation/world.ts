import type { Random } from "./random.ts";
import type { Owner, Scheduler, Signal, Task } from "./scheduler.ts";

export const SECOND_MS = 1_000;
export const DAY_MS = 86_400_000;

/** What a simulation is about. */
export interface Scenario {
  readonly name: string;
  readonly seed: number;
  readonly days: number;
  readonly dailyApiTokens: number;
  readonly processes: number;
  /** Calls that a process has under way at once, waiting ones included. */
  readonly callsAtOnce: number;
  /** Mean pause of a caller between two calls. */
  readonly pauseMs: number;
  /** When the server counts a call. */
  readonly countedAt: "start" | "end";
  /** Most that a process's clock is off. */
  readonly skewMs: number;
  /** Shares of the calls in which the caller leaves, its process dies, or its process is frozen. */
  readonly aborted: number;
  readonly killed: number;
  readonly frozen: number;
}

/** One request as it would go if all is well. */
export interface Call {
  readonly apiTokens: number;
  /** How long the server is at it. */
  readonly durationMs: number;
  /** After how long the caller leaves, if it does. */
  readonly leavesAfterMs: number | undefined;
}

export type Answer =
  | { readonly kind: "answered"; readonly apiTokens: number }
  | { readonly kind: "refused"; readonly reason: "concurrency" | "budget" };

/** What a simulated account would be refused for, and what it has used. */
export interface Server {
  /** Sends a request: it arrives after a while, and goes on whatever becomes of who sent it. */
  send(call: Call): Signal<Answer>;
  readonly counts: { requests: number; refused: number; concurrency: number; budget: number };
  /** API tokens of each day, by its number. */
  readonly usedByDay: ReadonlyMap<number, number>;
}

/** One program; a new one takes its place when it is killed. */
export interface Process extends Owner {
  readonly id: number;
  /** Its own clock. */
  clock(): number;
  /** Costs of its last calls, for those who expect. */
  readonly costs: number[];
}

/** What a policy works with. */
export interface World {
  readonly scenario: Scenario;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly server: Server;
  /** The way to a store and back, in milliseconds. */
  storeMs(): number;
}

/** How processes share an account. */
export interface Policy {
  readonly name: string;
  /** Makes one call, waiting as long as it has to. */
  call(process: Process, call: Call): Task;
}

export type MakePolicy = (world: World) => Policy;

/** Until the next midnight of a clock, and a little chance, so that not all come in one moment. */
export function untilMidnight(clock: number, random: Random): number {
  return DAY_MS - (clock % DAY_MS) + random.between(0, 30 * SECOND_MS);
}
