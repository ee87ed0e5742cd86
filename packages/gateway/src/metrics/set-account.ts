import type { Status, WindowStatus } from "@laplas/core";
import { METRIC_NAMES } from "../routes/quota-body.js";
import type { Instruments } from "./instruments.js";

/** Tells the account as it is now. @param statuses `undefined` where it can't be read: then nothing is told that may be old */
export function setAccount(instruments: Instruments, statuses: readonly Status[] | undefined): void {
  const { limit, left, resets, running, waiting, blocked, paymentRequired, ledgerUp } = instruments;
  for (const gauge of [limit, left, resets, running, waiting, blocked, paymentRequired]) gauge.reset();
  ledgerUp.set(statuses === undefined ? 0 : 1);
  for (const status of statuses ?? []) {
    const { provider } = status;
    running.set({ provider }, status.running);
    waiting.set({ provider }, status.waiting);
    paymentRequired.set({ provider }, status.paymentRequired === true ? 1 : 0);
    const everything = { model: "", windows: status.windows, blockedUntil: status.blockedUntil };
    for (const { model, windows, blockedUntil } of [everything, ...(status.models ?? [])]) {
      for (const window of windows) setWindow(instruments, { provider, model }, window);
      if (blockedUntil !== undefined) blocked.set({ provider, model }, secondsOf(blockedUntil));
    }
  }
}

function setWindow(
  { limit, left, resets }: Instruments,
  ofModel: { readonly provider: string; readonly model: string },
  window: WindowStatus,
): void {
  const labels = { ...ofModel, window: window.rule, metric: METRIC_NAMES[window.metric] };
  limit.set(labels, window.limit);
  left.set(labels, window.left);
  resets.set(labels, secondsOf(window.resetsAt));
}

function secondsOf(date: Date): number {
  return date.getTime() / 1_000;
}
