import type { CostUnit } from "@laplas/core";

/** `12,345`. Rounded down: what is shown as left is there. */
export function whole(count: number): string {
  return Math.floor(count).toLocaleString("en");
}

/** `1 call`, `2 calls`. */
export function counted(count: number, noun: string): string {
  return `${whole(count)} ${noun}${Math.floor(count) === 1 ? "" : "s"}`;
}

/** `1 request`, `5 API tokens`: a count of what is named in the plural. */
export function countedIn(count: number, plural: string): string {
  return counted(count, plural.replace(/s$/, ""));
}

/** `16 API tokens`, `1 neuron`: a cost in the provider's unit, rounded up, since a part of one is not nothing. */
export function costWords(cost: number, { name }: Pick<CostUnit, "name">): string {
  return countedIn(Math.ceil(cost), name);
}

/** API tokens, rounded up. */
export function apiTokens(count: number): string {
  return costWords(count, { name: "API tokens" });
}

const UNITS = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
  ["s", 1_000],
] as const;

/** `5 h 12 min`: the two largest units, the smaller one left out where it is nothing. */
export function duration(ms: number): string {
  const left = Math.max(0, ms);
  const first = UNITS.findIndex(([, size]) => left >= size);
  if (first < 0) return "0 s";
  const shown: string[] = [];
  let rest = left;
  for (const [unit, size] of UNITS.slice(first, first + 2)) {
    const amount = Math.floor(rest / size);
    if (amount > 0) shown.push(`${amount} ${unit}`);
    rest -= amount * size;
  }
  return shown.join(" ");
}

/** `00:00 UTC`, on the reader's own clock; with the day where that is not within the next. */
export function clock(date: Date, now: number = Date.now()): string {
  const isFar = Math.abs(date.getTime() - now) > 86_400_000;
  return date.toLocaleString("en-GB", {
    ...(isFar ? { day: "numeric", month: "short" } : {}),
    hour: "2-digit",
    minute: "2-digit",
    timeZoneName: "short",
  });
}

/** `in 5 h 12 min (00:00 UTC)`. */
export function until(date: Date, now: number = Date.now()): string {
  const ms = date.getTime() - now;
  return `${ms <= 0 ? "now" : `in ${duration(ms)}`} (${clock(date, now)})`;
}
