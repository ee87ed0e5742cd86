import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { command, type TestCall } from "../testing/ledger.js";
import type { ReserveAnswer } from "./ledger-store.js";
import { createTurnQueue } from "./turn-queue.js";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  onTestFinished(() => void vi.useRealTimers());
});

const PATIENCE_MS = 60_000;
type Queued = Extract<ReserveAnswer, { outcome: "queued" }>;
/** What a store says to one that waits; `readyIn`: so many milliseconds from now a window lets it pass. */
const queued = ({ readyIn, ...more }: Partial<Queued> & { readyIn?: number } = {}): Queued => {
  const ready = readyIn === undefined ? {} : { readyAt: 5_000 + readyIn };
  return { outcome: "queued", position: 0, movement: "0", now: 5_000, ...ready, ...more };
};

type JoinFields = Partial<TestCall> & { readonly ahead?: boolean };

/** A queue, and what becomes of those that sleep in it. */
function setup() {
  const queue = createTurnQueue();
  const log: string[] = [];
  const join = (name: string, { ahead = false, ...fields }: JoinFields = {}, signal?: AbortSignal) => {
    const wanted = { ...command({ windows: [], ...fields }), ahead };
    const turn = queue.join(wanted, PATIENCE_MS);
    const sleep = (answer: Queued = queued()) => turn.sleep(answer, signal).then((next) => log.push(`${name} ${next}`));
    return { wanted, turn, sleep };
  };
  /** Something that holds the one slot. */
  const hold = () => {
    const { wanted, turn } = join("holder");
    turn.leave(true);
    return wanted;
  };
  const settle = () => vi.advanceTimersByTimeAsync(0);
  return { queue, log, join, hold, settle };
}

describe("the turn queue", () => {
  it("wakes the first when a call ends, and the next when the first was admitted and ended", async () => {
    const { queue, log, join, hold, settle } = setup();
    const holder = hold();
    const [one, other] = [join("one"), join("other")];
    void one.sleep();
    void other.sleep();
    queue.ended(holder);
    await settle();
    expect(log).toEqual(["one ask"]);
    one.turn.leave(true);
    await settle();
    expect(log).toEqual(["one ask"]);
    queue.ended(one.wanted);
    await settle();
    expect(log).toEqual(["one ask", "other ask"]);
    expect(queue.size).toBe(1);
  });

  it("goes by the tickets of the store: steps may arrive there in another order than they were asked for", async () => {
    const { queue, log, join, hold, settle } = setup();
    const holder = hold();
    const [one, other] = [join("one"), join("other")];
    void one.sleep(queued({ ticket: 8 }));
    void other.sleep(queued({ ticket: 7 }));
    queue.ended(holder);
    await settle();
    expect(log).toEqual(["other ask"]);
    // Its ticket was lost, and it has another behind the one that asked for it first.
    void other.sleep(queued({ ticket: 9 }));
    await settle();
    expect(log).toEqual(["other ask", "one ask"]);
  });

  it("gives up a window whose moment is put off again and again while nothing moves", async () => {
    const { log, join, settle } = setup();
    const one = join("one");
    void one.sleep(queued({ readyIn: 1_000 }));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(log).toEqual(["one ask"]);
    for (let asked = 0; asked < 200 && log.at(-1) === "one ask"; asked += 1) {
      void one.sleep(queued({ readyIn: 1_000 }));
      await vi.advanceTimersByTimeAsync(1_000);
    }
    await settle();
    expect(log.at(-1)).toBe("one impatient");
    // A second until the first moment, and a minute of patience.
    expect(log).toHaveLength(62);
  });

  it("wakes the next when the first leaves without a slot", async () => {
    const { queue, log, join, hold, settle } = setup();
    queue.ended(hold());
    const [one, other] = [join("one"), join("other")];
    void other.sleep();
    one.turn.leave(false);
    await settle();
    expect(log).toEqual(["other ask"]);
  });

  it("wakes one for each slot that is free", async () => {
    const { queue, log, join, settle } = setup();
    const holders = [join("a", { concurrency: 2 }), join("b", { concurrency: 2 })];
    for (const { turn } of holders) turn.leave(true);
    const [one, two, three] = ["one", "two", "three"].map((name) => join(name, { concurrency: 2 }));
    for (const waiter of [one, two, three]) void waiter?.sleep();
    for (const { wanted } of holders) queue.ended(wanted);
    await settle();
    expect(log).toEqual(["one ask"]);
    one?.turn.leave(true);
    await settle();
    expect(log).toEqual(["one ask", "two ask"]);
    two?.turn.leave(true);
    await settle();
    expect(log).toEqual(["one ask", "two ask"]);
  });

  it("remembers a call to one that is not asleep", async () => {
    const { queue, log, join, hold, settle } = setup();
    const holder = hold();
    const { sleep } = join("one");
    queue.ended(holder);
    void sleep();
    await settle();
    expect(log).toEqual(["one ask"]);
  });

  it("does not sleep for one who has gone, and keeps no timer of it", async () => {
    const { queue, log, join, settle } = setup();
    const { sleep, turn } = join("one", {}, AbortSignal.abort());
    void sleep();
    await settle();
    expect(log).toEqual(["one ask"]);
    turn.leave(false);
    turn.leave(false);
    expect([queue.size, vi.getTimerCount()]).toEqual([0, 0]);
  });

  it("wakes one that goes while it sleeps", async () => {
    const { log, join, settle } = setup();
    const controller = new AbortController();
    void join("one", {}, controller.signal).sleep();
    controller.abort();
    await settle();
    expect([log, vi.getTimerCount()]).toEqual([["one ask"], 0]);
  });

  it("knows the place of each, whichever line it is in", () => {
    const { join } = setup();
    const [one, two, three] = [join("one"), join("two", { concurrency: null }), join("three")];
    expect([one.turn.place, two.turn.place, three.turn.place]).toEqual([1, 2, 3]);
    one.turn.leave(true);
    expect([two.turn.place, three.turn.place]).toEqual([1, 2]);
  });

  it("wakes all at its end", async () => {
    const { queue, log, join, hold, settle } = setup();
    hold();
    for (const name of ["one", "two", "three"]) void join(name).sleep();
    queue.wakeAll();
    await settle();
    expect(log).toEqual(["one ask", "two ask", "three ask"]);
  });
});

describe("a further request of a call that has begun", () => {
  const ahead = { ahead: true } as const;

  it("asks before those of its line that wait longer, and they follow in their order", async () => {
    const { queue, log, join, hold, settle } = setup();
    const holder = hold();
    const [one, other] = [join("one"), join("other")];
    void one.sleep(queued({ ticket: 7 }));
    void other.sleep(queued({ ticket: 8 }));
    const next = join("next part", ahead);
    void next.sleep(queued({ ticket: -3 }));
    let running = holder;
    for (const [index, { wanted, turn }] of [next, one, other].entries()) {
      queue.ended(running);
      await settle();
      expect(log).toEqual(["next part ask", "one ask", "other ask"].slice(0, index + 1));
      turn.leave(true);
      running = wanted;
    }
  });

  it("is called while it asks for its ticket, in place of the one that was the first", async () => {
    const { queue, log, join, hold, settle } = setup();
    const holder = hold();
    void join("one").sleep(queued({ ticket: 7 }));
    const next = join("next part", ahead);
    queue.ended(holder);
    await settle();
    expect(log).toEqual([]);
    void next.sleep(queued({ ticket: -3 }));
    await settle();
    expect(log).toEqual(["next part ask"]);
  });

  it.each(["is denied", "is admitted"])("wakes the one that was the first when it %s without waiting", async (what) => {
    const { queue, log, join, hold, settle } = setup();
    const holder = hold();
    void join("one").sleep(queued({ ticket: 7 }));
    const next = join("next part", ahead);
    queue.ended(holder);
    next.turn.leave(what === "is admitted");
    if (what === "is admitted") {
      await settle();
      expect(log).toEqual([]);
      queue.ended(next.wanted);
    }
    await settle();
    expect(log).toEqual(["one ask"]);
  });

  it("asks in its line's place as long as it waits: no other of the line does", async () => {
    const { log, join } = setup();
    void join("one").sleep(queued({ ticket: 7 }));
    const next = join("next part", ahead);
    await vi.advanceTimersByTimeAsync(PATIENCE_MS / 2);
    expect(log).toEqual([]);
    for (let asked = 1; asked < 5; asked += 1) {
      void next.sleep(queued({ ticket: -3 }));
      await vi.advanceTimersByTimeAsync(25);
      expect(log).toEqual(Array(asked).fill("next part ask"));
    }
  });

  it("stands behind those that came before it, in whichever order they hear of their tickets", async () => {
    const { queue, log, join, hold, settle } = setup();
    const holder = hold();
    const [first, second] = [join("first", ahead), join("second", ahead)];
    void second.sleep(queued({ ticket: -8 }));
    void first.sleep(queued({ ticket: -9 }));
    const third = join("third", ahead);
    let running = holder;
    for (const [index, { wanted, turn }] of [first, second].entries()) {
      queue.ended(running);
      await settle();
      expect(log).toEqual(["first ask", "second ask"].slice(0, index + 1));
      turn.leave(true);
      running = wanted;
    }
    void third.sleep(queued({ ticket: -7 }));
    queue.ended(running);
    await settle();
    expect(log.at(-1)).toBe("third ask");
  });

  it("is called before the longest waiting of other lines, and what does not serve it goes on to them", async () => {
    const { queue, log, join, hold, settle } = setup();
    const holder = hold();
    const other = { concurrency: null };
    void join("one").sleep(queued({ ticket: 1 }));
    void join("two", { ...other }).sleep(queued({ ticket: 2 }));
    const next = join("next part", { ...other, ...ahead });
    void next.sleep(queued({ ticket: -3, readyIn: 50_000 }));
    queue.ended(holder);
    await settle();
    expect(log).toEqual(["next part ask"]);
    void next.sleep(queued({ ticket: -3, readyIn: 50_000 }));
    await settle();
    expect(log).toEqual(["next part ask", "one ask"]);
  });

  it("has a place before all others, and they have one more before theirs", () => {
    const { join } = setup();
    const [one, two] = [join("one"), join("two", { concurrency: null })];
    const [next, last] = [join("next part", ahead), join("another", ahead)];
    expect([next, last, one, two].map(({ turn }) => turn.place)).toEqual([1, 2, 3, 4]);
  });

  it("goes by its ticket where the store gives it one like others", async () => {
    const { queue, log, join, hold, settle } = setup();
    const holder = hold();
    void join("one").sleep(queued({ ticket: 7 }));
    void join("next part", ahead).sleep(queued({ ticket: 8 }));
    queue.ended(holder);
    await settle();
    expect(log).toEqual(["one ask"]);
  });
});

describe("in lines for different buckets or slots", () => {
  const other = { windows: [], concurrency: null } as const;

  it("the longest waiting is called first, and what does not serve it goes on to the others", async () => {
    const { queue, log, join, hold, settle } = setup();
    const holder = hold();
    const one = join("one");
    const two = join("two", other);
    void one.sleep();
    void two.sleep(queued({ readyIn: 50_000 }));
    queue.ended(holder);
    await settle();
    expect(log).toEqual(["one ask"]);
    void one.sleep();
    await settle();
    expect(log).toEqual(["one ask", "two ask"]);
  });

  it("an admission calls those whose window is ready, and no others", async () => {
    const { log, join, settle } = setup();
    const one = join("one");
    void join("two", other).sleep(queued({ readyIn: 50_000 }));
    one.turn.leave(true);
    await settle();
    expect(log).toEqual([]);
  });

  it("those whose slot this engine holds are not called", async () => {
    const { queue, log, join, hold, settle } = setup();
    hold();
    void join("one").sleep();
    const free = join("two", other);
    void free.sleep();
    queue.ended(free.wanted);
    await settle();
    expect(log).toEqual(["two ask"]);
  });
});

describe("the first asks again", () => {
  it.each([
    ["after 25 ms, as nobody here would tell it", 0, 25],
    ["after 25 ms for each that is before it", 3, 100],
    ["after 250 ms at the latest", 500, 250],
  ])("%s", async (_, position, ms) => {
    const { log, join } = setup();
    void join("one").sleep(queued({ position }));
    await vi.advanceTimersByTimeAsync(ms - 1);
    expect(log).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(log).toEqual(["one ask"]);
  });

  it("after 250 ms while this engine holds the slot, whose end is heard of", async () => {
    const { log, join, hold } = setup();
    hold();
    void join("one").sleep();
    await vi.advanceTimersByTimeAsync(249);
    expect(log).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(log).toEqual(["one ask"]);
  });

  it.each([
    ["when its window lets it pass", 400, 400],
    ["after a second, as others may have left theirs", 1_001, 1_000],
  ])("%s", async (_, readyIn, ms) => {
    const { log, join } = setup();
    void join("one").sleep(queued({ readyIn }));
    await vi.advanceTimersByTimeAsync(ms - 1);
    expect(log).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(log).toEqual(["one ask"]);
  });

  it("and no other of its line does", async () => {
    const { log, join } = setup();
    join("one");
    void join("two").sleep(queued({ position: 1 }));
    await vi.advanceTimersByTimeAsync(PATIENCE_MS - 1);
    expect(log).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(log).toEqual(["two impatient"]);
  });

  it("at once when it becomes the first and its window is ready", async () => {
    const { log, join, settle } = setup();
    const noSlots = { windows: [], concurrency: null };
    const one = join("one", noSlots);
    void join("two", noSlots).sleep(queued({ readyIn: 500 }));
    await vi.advanceTimersByTimeAsync(500);
    expect(log).toEqual([]);
    one.turn.leave(true);
    await settle();
    expect(log).toEqual(["two ask"]);
  });
});

describe("patience", () => {
  it("is counted from the time at which a window lets the call pass", async () => {
    const { log, join } = setup();
    join("one");
    void join("two").sleep(queued({ position: 1, readyIn: 30_000 }));
    await vi.advanceTimersByTimeAsync(30_000 + PATIENCE_MS - 1);
    expect(log).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(log).toEqual(["two impatient"]);
  });

  it("begins anew when the first hears that the account's queue has moved", async () => {
    const { log, join } = setup();
    const one = join("one");
    void join("two").sleep(queued({ position: 1, movement: "1" }));
    void one.sleep(queued({ movement: "a" }));
    await vi.advanceTimersByTimeAsync(PATIENCE_MS - 1);
    void one.sleep(queued({ movement: "b" }));
    await vi.advanceTimersByTimeAsync(PATIENCE_MS - 1);
    expect(log).not.toContain("two impatient");
    await vi.advanceTimersByTimeAsync(1);
    expect(log).toContain("two impatient");
  });

  it("does not begin anew by what stands still, or by another's place in it", async () => {
    const { log, join } = setup();
    const one = join("one");
    void join("two").sleep(queued({ position: 1, movement: "1" }));
    void one.sleep(queued({ movement: "0" }));
    await vi.advanceTimersByTimeAsync(30_000);
    void one.sleep(queued({ movement: "0" }));
    void join("three").sleep(queued({ position: 2, movement: "2" }));
    await vi.advanceTimersByTimeAsync(30_000);
    expect(log).toContain("two impatient");
    expect(log).not.toContain("three impatient");
  });
});
