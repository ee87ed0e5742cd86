/** Longer than switching tabs forth and back takes. */
const UNSEEN_AFTER_MS = 5_000;

/** A signal that nobody has looked at this tab for a while. `stop` gives its listener back. */
export function unseen(): { readonly signal: AbortSignal; stop(): void } {
  const controller = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = (): void => {
    clearTimeout(timer);
    if (document.hidden) timer = setTimeout(() => controller.abort(), UNSEEN_AFTER_MS);
  };
  document.addEventListener("visibilitychange", look);
  look();
  return {
    signal: controller.signal,
    stop() {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", look);
    },
  };
}

/** Resolves after a time, or as soon as somebody turns to this tab, the network comes back, or it is over. */
export function untilSeen(ms: number, over: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", look);
      removeEventListener("online", done);
      over.removeEventListener("abort", done);
      resolve();
    };
    const look = (): void => {
      if (!document.hidden) done();
    };
    const timer = setTimeout(done, ms);
    document.addEventListener("visibilitychange", look);
    addEventListener("online", done);
    over.addEventListener("abort", done);
  });
}
