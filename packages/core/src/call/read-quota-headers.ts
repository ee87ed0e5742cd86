import type { WindowHint } from "../account/learn.js";
import type { HeaderSignal } from "../provider/signals.js";
import type { UpstreamResponse } from "../transport/transport.js";
import { readTime } from "./read-time.js";

/** Reads what an answer's headers say of windows, each window once. What can't be read is no hint. */
export function readQuotaHeaders(
  { header }: Pick<UpstreamResponse, "header">,
  signals: readonly HeaderSignal[],
  now: number,
): WindowHint[] {
  const hints: Map<string, WindowHint> = new Map();
  for (const { name, tells, meter, period, scope, format = "seconds" } of signals) {
    const text = header(name);
    if (text === undefined) continue;
    const value = tells === "reset" ? readTime(text, format, now) : readCount(text);
    if (value === undefined) continue;
    const key = `${meter} ${period} ${scope ?? ""}`;
    const hint = hints.get(key) ?? { meter, period, ...(scope === undefined ? {} : { scope }) };
    hints.set(key, { ...hint, ...(tells === "reset" ? { resetsAt: now + value } : { [tells]: value }) });
  }
  return [...hints.values()];
}

/** Less than nothing is left where a server counts what it let pass too much. */
function readCount(text: string): number | undefined {
  return /^\s*-?\d{1,15}(?:\.\d{1,9})?\s*$/.test(text) ? Number(text) : undefined;
}
