import { createStore, type Store } from "./store.js";

/** Work of one call at a time, which can be stopped: it may wait for long behind others. */
export interface Task<Result> {
  readonly state: Store<TaskState<Result>>;
  run(work: Work<Result>): Promise<void>;
  stop(): void;
}

export interface TaskState<Result> {
  /** Newest first. */
  readonly results: readonly Result[];
  /** What goes on, in words; `undefined` at rest. */
  readonly running: string | undefined;
  readonly note: string;
}

/** @returns `undefined` where there is nothing to show. Rejects if it was stopped. */
export type Work<Result> = (signal: AbortSignal, tell: (words: string) => void) => Promise<Result | undefined>;

/** @param most results that are kept */
export function createTask<Result>(most: number): Task<Result> {
  const state = createStore<TaskState<Result>>({ results: [], running: undefined, note: "" });
  let running: AbortController | undefined;
  const change = (next: Partial<TaskState<Result>>): void => state.set({ ...state.get(), ...next });
  return {
    state,
    async run(work) {
      if (running !== undefined) return;
      const controller = new AbortController();
      running = controller;
      change({ running: "asking", note: "" });
      try {
        const result = await work(controller.signal, (words) => change({ running: words }));
        if (result !== undefined) change({ results: [result, ...state.get().results].slice(0, most) });
      } catch (error) {
        if (!controller.signal.aborted) throw error;
        change({ note: "stopped" });
      } finally {
        running = undefined;
        change({ running: undefined });
      }
    },
    stop: () => running?.abort(),
  };
}
