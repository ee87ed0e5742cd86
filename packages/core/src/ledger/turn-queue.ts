import { type Clock, REAL_CLOCK } from "../clock.js";
import { laneOf } from "./lane.js";
import type { ReserveAnswer, ReserveCommand } from "./ledger-store.js";
import { FIRST_AHEAD } from "./ticket-order.js";

/** The calls of one engine that wait. The store decides; this saves asking it: only the first call of each lane asks again. */
export interface TurnQueue {
  /**
   * Joins the end of the call's lane, or of those in it that stand ahead.
   *
   * @param elsewhere name of where else the call would go: only the first of a lane looks there, so those of one lane look at the same
   */
  join(command: ReserveCommand, patienceMs: number, elsewhere?: string): Turn;
  /** A call that never waited here was admitted. */
  admitted(command: ReserveCommand): void;
  /** A call has ended: a slot, or a part of a budget, may be free. */
  ended(command: ReserveCommand): void;
  /** Wakes all: there is nothing left to wait for. */
  wakeAll(): void;
  /** How many are in it. */
  readonly size: number;
}

/** A place in the queue. */
export interface Turn {
  /** How many are in the queue up to this one. */
  readonly place: number;
  /** Since it first slept. */
  readonly waitedMs: number;
  /**
   * Sleeps until it is time to ask the store again.
   *
   * @returns `impatient` where the queue has stood still for longer than the call would wait
   */
  sleep(answer: Queued, signal: AbortSignal | undefined): Promise<"ask" | "impatient">;
  /** Leaves, as the first that is admitted or for another reason; what it met, the next may meet as well. */
  leave(isAdmitted: boolean): void;
}

type Queued = Extract<ReserveAnswer, { outcome: "queued" }>;

interface Waiter {
  /** Grows with each that joins, those that stand ahead being below 0. */
  readonly number: number;
  readonly lane: Lane;
  readonly command: ReserveCommand;
  /** Looks again whether to sleep on. */
  wake: () => void;
  /** A call ended while it was asking the store: what it hears may be out of date, so it asks again at once. */
  isCalled: boolean;
  /** Before then no window lets it pass, by this process's own clock. */
  readyAt: number | undefined;
  /** The first such moment that it heard of. One that is put off again and again while nothing moves is given up like a slot. */
  promisedAt: number | undefined;
  /** What it last heard of the account's queue. */
  movement: string | undefined;
  /** Its number in the store; before its first answer none, or {@link NEXT_AHEAD}. */
  ticket: number | undefined;
}

interface Lane {
  readonly waiters: Set<Waiter>;
  /**
   * Those that have tickets, as these stand in the store. Steps may arrive there in another order than they were asked for, and a ticket
   * that was lost is given anew behind others: a first call that stood behind one that never asks would wait for good.
   */
  readonly order: Waiter[];
  /** When its queue was last seen to move. */
  movedAt: number;
}

/** Stands for the ticket of a call that stands ahead and has none yet: it will be greater than those of such calls, and below all others. */
const NEXT_AHEAD = 0;

/** Slots that other engines hold come free unheard: the first call looks so often. */
const LEAST_POLL_MS = 25;
/** While this engine holds the slot, its own end is heard of; and so often windows are looked at that others may have left. */
const MOST_POLL_MS = 250;
const WINDOW_POLL_MS = 1_000;

/** Creates an empty queue. */
export function createTurnQueue(clock: Clock = REAL_CLOCK): TurnQueue {
  const lanes: Map<string, Lane> = new Map();
  /** Calls of this engine that occupy a slot, by its name. */
  const occupied: Map<string, number> = new Map();
  let count = 0;
  let number = 0;

  const occupy = ({ slots }: ReserveCommand, change: 1 | -1): void => {
    for (const { name } of slots) occupied.set(name, Math.max(0, (occupied.get(name) ?? 0) + change));
  };
  const isFull = ({ slots }: ReserveCommand): boolean =>
    slots.some(({ name, limit }) => (occupied.get(name) ?? 0) >= limit);
  const isServed = ({ slots }: ReserveCommand): boolean => slots.some(({ name }) => (occupied.get(name) ?? 0) > 0);
  const firstOf = ({ order, waiters }: Lane): Waiter | undefined => order[0] ?? waiters.values().next().value;
  const takeOut = (waiter: Waiter): void => {
    const { order } = waiter.lane;
    const index = order.indexOf(waiter);
    if (index >= 0) order.splice(index, 1);
  };
  const putInOrder = (waiter: Waiter, ticket: number): void => {
    const { order } = waiter.lane;
    if (waiter.ticket === ticket) return;
    takeOut(waiter);
    waiter.ticket = ticket;
    let index = order.length;
    while (index > 0 && (order[index - 1]?.ticket ?? 0) > ticket) index -= 1;
    order.splice(index, 0, waiter);
  };

  /** Has the first call of a lane ask, the longest waiting before the others. */
  const callNext = (isCalled: (first: Waiter) => boolean): void => {
    let next: Waiter | undefined;
    for (const lane of lanes.values()) {
      const first = firstOf(lane);
      if (first === undefined || isFull(first.command) || !isCalled(first)) continue;
      if (next === undefined || first.number < next.number) next = first;
    }
    if (next === undefined) return;
    next.isCalled = true;
    next.wake();
  };
  const isReady = ({ readyAt }: Waiter): boolean => readyAt === undefined || readyAt <= clock.now();

  return {
    get size() {
      return count;
    },
    admitted(command) {
      occupy(command, 1);
    },
    ended(command) {
      occupy(command, -1);
      callNext(() => true);
    },
    wakeAll() {
      for (const { waiters } of lanes.values()) {
        for (const waiter of waiters) {
          waiter.isCalled = true;
          waiter.wake();
        }
      }
    },
    join(command, patienceMs, elsewhere = "") {
      const name = `${laneOf(command)}\n\n${elsewhere}`;
      const lane = lanes.get(name) ?? { waiters: new Set(), order: [], movedAt: 0 };
      lanes.set(name, lane);
      number += 1;
      const isAhead = command.ahead === true;
      const waiter: Waiter = {
        number: isAhead ? FIRST_AHEAD + number : number,
        lane,
        command,
        wake: () => {},
        isCalled: false,
        readyAt: undefined,
        promisedAt: undefined,
        movement: undefined,
        ticket: undefined,
      };
      const firstBefore = firstOf(lane);
      lane.waiters.add(waiter);
      if (isAhead) putInOrder(waiter, NEXT_AHEAD);
      if (firstOf(lane) !== firstBefore) firstBefore?.wake();
      count += 1;
      const joinedAt = clock.now();
      let sleptAt: number | undefined;
      let hasPassedOn = true;
      const nextLook = (since: number, position: number): number => {
        if (waiter.readyAt !== undefined) return Math.min(Math.max(since, waiter.readyAt), since + WINDOW_POLL_MS);
        return since + (isServed(command) ? MOST_POLL_MS : Math.min(MOST_POLL_MS, LEAST_POLL_MS * (position + 1)));
      };

      return {
        get place() {
          let place = 0;
          for (const { waiters } of lanes.values())
            for (const other of waiters) if (other.number <= waiter.number) place += 1;
          return place;
        },
        get waitedMs() {
          return sleptAt === undefined ? 0 : clock.now() - sleptAt;
        },
        async sleep(answer, signal) {
          const askedAt = clock.now();
          sleptAt ??= askedAt;
          // What another call heard can't be compared: its place is another, so that each that joins would move the queue.
          if (waiter.movement !== undefined && waiter.movement !== answer.movement) lane.movedAt = askedAt;
          waiter.movement = answer.movement;
          waiter.readyAt = answer.readyAt === undefined ? undefined : askedAt + answer.readyAt - answer.now;
          const before = firstOf(lane);
          if (answer.ticket !== undefined) putInOrder(waiter, answer.ticket);
          if (firstOf(lane) !== before) {
            before?.wake();
            firstOf(lane)?.wake();
          }
          waiter.promisedAt ??= waiter.readyAt;
          // What woke this call did not serve it: perhaps it serves the first of another lane.
          if (!hasPassedOn) callNext((first) => first.number > waiter.number);
          hasPassedOn = true;
          let firstSince = firstOf(lane) === waiter ? askedAt : undefined;
          for (;;) {
            if (signal?.aborted === true) return "ask";
            const now = clock.now();
            if (firstOf(lane) !== waiter) firstSince = undefined;
            else if (firstSince === undefined) {
              firstSince = now;
              // What it heard is of a time when it was not its turn.
              waiter.isCalled ||= isReady(waiter) && !isFull(command);
            }
            if (waiter.isCalled) {
              waiter.isCalled = false;
              hasPassedOn = false;
              return "ask";
            }
            const givesUpAt = Math.max(joinedAt, lane.movedAt, waiter.promisedAt ?? 0) + patienceMs;
            if (now >= givesUpAt) return "impatient";
            const asksAt = firstSince === undefined ? givesUpAt : nextLook(firstSince, answer.position);
            if (now >= asksAt) return "ask";
            const isOver = await pause(clock, waiter, Math.min(asksAt, givesUpAt) - now, signal);
            if (isOver && firstSince !== undefined && asksAt <= givesUpAt) return "ask";
          }
        },
        leave(isAdmitted) {
          if (!lane.waiters.delete(waiter)) return;
          takeOut(waiter);
          count -= 1;
          // One that gives up is no sign that the others' turn comes.
          if (isAdmitted) lane.movedAt = clock.now();
          if (lane.waiters.size === 0 && lanes.get(name) === lane) lanes.delete(name);
          if (isAdmitted) occupy(command, 1);
          firstOf(lane)?.wake();
          // An admission leaves no window emptier.
          callNext(isAdmitted ? isReady : () => true);
        },
      };
    },
  };
}

/** Until it is woken, some time has passed, or the signal aborts. @returns whether the time has passed */
function pause(clock: Clock, waiter: Waiter, ms: number, signal: AbortSignal | undefined): Promise<boolean> {
  return new Promise((resolve) => {
    const end = (isOver: boolean): void => {
      timer.stop();
      signal?.removeEventListener("abort", wake);
      waiter.wake = () => {};
      resolve(isOver);
    };
    const wake = (): void => end(false);
    const timer = clock.start(ms, () => end(true));
    waiter.wake = wake;
    signal?.addEventListener("abort", wake, { once: true });
  });
}
