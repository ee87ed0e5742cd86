import { laneOf } from "../lane.js";
import type { Claim, Lesson, ReserveCommand } from "../ledger-store.js";
import { retentionMs } from "../retention.js";
import { isLong, MOST_PERIODS, windowKey } from "../window-time.js";
import type { CalendarEdges } from "./calendar-edges.js";

/** What an attempt at a step is made for: the store's present, and whether the calendar's next periods are asked for. */
export interface AttemptTime {
  readonly at: number;
  readonly isFar: boolean;
}

/** A command as the scripts read it. */
export function commandInput(command: ReserveCommand, edges: CalendarEdges, time: AttemptTime): object {
  const { id, label, slots, scopes, patienceMs: patience, leaseMs: lease, ahead } = command;
  const holds = new Map(command.buckets.map(({ name, hold }) => [name, hold]));
  return {
    id,
    label,
    lane: laneOf(command),
    buckets: bucketInput(command),
    claims: command.claims.map((claim) => {
      const hold = holds.get(claim.bucket) ?? 0;
      return { ...claimInput(claim, claim.mustFit ? hold : 0, edges, time), hold };
    }),
    slots,
    scopes,
    patience,
    lease,
    retention: retentionMs(command.claims),
    ...(ahead === true ? { ahead } : {}),
  };
}

export function bucketInput({ buckets }: Pick<ReserveCommand, "buckets">): object[] {
  return buckets.map(({ name, hold, countFrom }) => ({
    name,
    hold,
    ...(countFrom === "start" ? { start: true } : {}),
  }));
}

/** A claim as the scripts read it: what a decision depends on, and where the calendar's edges lie. */
export function claimInput(claim: Claim, own: number, edges: CalendarEdges, { at, isFar }: AttemptTime): object {
  const { bucket, limit, period, marginMs: margin } = claim;
  const common = { bucket, limit, own, margin, type: period.type, key: windowKey(claim), long: isLong(claim) };
  if (period.type === "rolling" || period.type === "bucket") return { ...common, span: period.spanMs };
  return { ...common, edges: edges(period, at - margin, isFar ? MOST_PERIODS : 0) };
}

/** Lessons as the scripts read them: a claim stands beside them, and they name its place, counted from 1. */
export function lessonsInput(lessons: readonly Lesson[], edges: CalendarEdges, time: AttemptTime): object {
  const claims: Claim[] = [];
  const taught = lessons.map((lesson) => {
    switch (lesson.kind) {
      case "block":
        return { ...lesson, until: Math.ceil(lesson.until) };
      case "use":
        return { ...lesson, claim: claims.push(lesson.claim) };
      default:
        return lesson;
    }
  });
  return { lessons: taught, claims: claims.map((claim) => claimInput(claim, 0, edges, time)) };
}
