import { useEffect, useState } from "preact/hooks";

/** The gateway's clock, as far as this page knows it. */
let aheadMs = 0;

export function setClock(ahead: number): void {
  aheadMs = ahead;
}

export function gatewayNow(): number {
  return Date.now() + aheadMs;
}

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

/** Runs four times a second: a countdown that is read once a second skips one now and then. */
function onTick(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    for (const one of listeners) one();
  }, 250);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** A text that is made anew as time goes on, by the gateway's clock; only a new text is drawn. */
export function useTicking(text: (now: number) => string): string {
  const [, setText] = useState("");
  const latest = text(gatewayNow());
  useEffect(() => onTick(() => setText(text(gatewayNow()))));
  return latest;
}
