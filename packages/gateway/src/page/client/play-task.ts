import { byId } from "./element.js";

/**
 * A form that makes one call at a time, which can be stopped: it may wait for long behind others.
 *
 * @param work rejects if it was stopped
 */
export function setUpTask(
  kind: "embedding" | "image",
  work: (signal: AbortSignal, tell: (words: string) => void) => Promise<void>,
): void {
  const send = byId(`${kind}-send`, HTMLButtonElement);
  const stop = byId(`${kind}-stop`, HTMLButtonElement);
  const state = byId(`${kind}-state`, HTMLElement);
  let running: AbortController | undefined;

  const run = async (): Promise<void> => {
    const controller = new AbortController();
    running = controller;
    setBusy(send, stop, true);
    try {
      await work(controller.signal, (words) => {
        state.textContent = words;
      });
    } catch (error) {
      if (!controller.signal.aborted) throw error;
      state.textContent = "stopped";
    } finally {
      running = undefined;
      setBusy(send, stop, false);
    }
  };
  byId(`${kind}-form`, HTMLFormElement).addEventListener("submit", (event) => {
    event.preventDefault();
    if (running === undefined) void run();
  });
  stop.addEventListener("click", () => running?.abort());
}

/** One button rests while the other can stop what goes on. Neither takes the keyboard's place with it. */
export function setBusy(send: HTMLButtonElement, stop: HTMLButtonElement, isBusy: boolean): void {
  send.setAttribute("aria-disabled", String(isBusy));
  if (!isBusy && document.activeElement === stop) send.focus();
  stop.hidden = !isBusy;
}
