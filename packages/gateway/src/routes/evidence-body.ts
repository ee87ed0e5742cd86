import type { Evidence } from "@laplas/core";

const DAY_MS = 86_400_000;

/** The first day on which a source was no longer good, if that is over. Of a source that does not change there is none. */
export function staleSince({ date, goodForDays }: Evidence, now: number): string | undefined {
  if (goodForDays === undefined) return undefined;
  const lastDay = Date.parse(date) + goodForDays * DAY_MS;
  const today = Math.floor(now / DAY_MS) * DAY_MS;
  return lastDay < today ? new Date(lastDay + DAY_MS).toISOString().slice(0, 10) : undefined;
}

/** How sure a value is, in JSON over HTTP. */
export interface EvidenceBody {
  readonly status: Evidence["status"];
  readonly date: string;
  /** Whether its source should be read again. */
  readonly stale: boolean;
}

export function evidenceBody(evidence: Evidence, now: number): EvidenceBody {
  const { status, date } = evidence;
  return { status, date, stale: staleSince(evidence, now) !== undefined };
}

/** How sure a value is, in words: `published 2026-09-02, stale since 2026-10-03`. */
export function evidenceWords(evidence: Evidence, now: number): string {
  const stale = staleSince(evidence, now);
  return `${evidence.status} ${evidence.date}${stale === undefined ? "" : `, stale since ${stale}`}`;
}
