/** A function that runs at most once in a while. */
export interface Throttle {
  now(): void;
  /** Within the time, together with all that ask for it until then. */
  soon(): void;
  cancel(): void;
}

export function throttle(run: () => void, ms: number): Throttle {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const now = (): void => {
    clearTimeout(timer);
    timer = undefined;
    run();
  };
  return {
    now,
    soon() {
      timer ??= setTimeout(now, ms);
    },
    cancel: () => clearTimeout(timer),
  };
}
