/** The requests the upstream is generating answers for. */
export interface RunningRequests {
  /** Counts one in; the returned function counts it out, once. */
  begin(): () => void;
  count(): number;
  /** Resolves when nothing is running. */
  idle(): Promise<void>;
}

export function createRunningRequests(): RunningRequests {
  let count = 0;
  let waiting: (() => void)[] = [];
  return {
    begin() {
      let done = false;
      count += 1;
      return () => {
        if (done) return;
        done = true;
        count -= 1;
        if (count > 0) return;
        const woken = waiting;
        waiting = [];
        for (const wake of woken) wake();
      };
    },
    count: () => count,
    idle: () => (count === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
  };
}
