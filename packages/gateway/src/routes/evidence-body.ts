import { type Evidence, staleSince } from "@laplas/core";

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

/** How sure a value is, in words: `published 2026-09-02, stale`. */
export function evidenceWords(evidence: Evidence, now: number): string {
  const { status, date, stale } = evidenceBody(evidence, now);
  return `${status} ${date}${stale ? ", stale" : ""}`;
}
