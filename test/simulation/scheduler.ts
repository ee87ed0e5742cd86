/** Something that is waited for, once. */
export interface Signal<Value> {
  readonly value: Value | undefined;
  readonly isFired: boolean;
  fire(value: Value): void;
  /** @internal */
  listen(hear: () => void): void;
}

/** What a task waits for: milliseconds to pass, or a signal, or whichever comes first. */
export type Wait = number | Signal<unknown> | { readonly signal: Signal<unknown>; readonly atMostMs: number };
/** A task does its part between two waits, and nobody else at that time. */
export type Task<Result = void> = Generator<Wait, Result, void>;

/** Whom tasks belong to: a process that can be frozen, or killed with all it does. */
export interface Owner {
  isDead: boolean;
  frozenUntil: number;
}

/** Virtual time: nothing waits for real, and the same tasks always run in the same order. */
export interface Scheduler {
  now(): number;
  start(task: Task, owner?: Owner): void;
  /** Runs until nothing is left to do before `end`. */
  run(end: number): void;
}

export function createSignal<Value = void>(): Signal<Value> {
  const listeners: (() => void)[] = [];
  let value: Value | undefined;
  let isFired = false;
  return {
    get value() {
      return value;
    },
    get isFired() {
      return isFired;
    },
    fire(fired) {
      if (isFired) return;
      isFired = true;
      value = fired;
      for (const hear of listeners.splice(0)) hear();
    },
    listen(hear) {
      if (isFired) hear();
      else listeners.push(hear);
    },
  };
}

interface Entry {
  readonly at: number;
  readonly order: number;
  readonly act: () => void;
}

export function createScheduler(start: number): Scheduler {
  const entries: Entry[] = [];
  let now = start;
  let order = 0;

  const later = (ms: number, act: () => void): void => {
    order += 1;
    push(entries, { at: now + Math.max(0, ms), order, act });
  };
  const step = (task: Task, owner: Owner | undefined): void => {
    if (owner?.isDead === true) return;
    if (owner !== undefined && owner.frozenUntil > now) {
      later(owner.frozenUntil - now, () => step(task, owner));
      return;
    }
    const { value: wait, done } = task.next();
    if (done === true) return;
    const goOn = once(() => later(0, () => step(task, owner)));
    if (typeof wait === "number") later(wait, () => step(task, owner));
    else if ("signal" in wait) {
      wait.signal.listen(goOn);
      later(wait.atMostMs, goOn);
    } else wait.listen(goOn);
  };
  return {
    now: () => now,
    start: (task, owner) => later(0, () => step(task, owner)),
    run(end) {
      for (let next = entries[0]; next !== undefined && next.at < end; next = entries[0]) {
        pop(entries);
        now = next.at;
        next.act();
      }
      now = end;
    },
  };
}

function once(act: () => void): () => void {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    act();
  };
}

function isBefore(one: Entry, other: Entry): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}

/** A binary heap: there are millions of entries, and the next one is asked for each time. */
function push(heap: Entry[], entry: Entry): void {
  let index = heap.length;
  heap.push(entry);
  while (index > 0) {
    const parent = (index - 1) >> 1;
    const above = heap[parent];
    if (above === undefined || !isBefore(entry, above)) break;
    heap[index] = above;
    index = parent;
  }
  heap[index] = entry;
}

function pop(heap: Entry[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let index = 0;
  for (;;) {
    let child = 2 * index + 1;
    const [left, right] = [heap[child], heap[child + 1]];
    if (left === undefined) break;
    let below = left;
    if (right !== undefined && isBefore(right, left)) {
      below = right;
      child += 1;
    }
    if (!isBefore(below, last)) break;
    heap[index] = below;
    index = child;
  }
  heap[index] = last;
}
