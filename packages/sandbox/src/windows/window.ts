import { createBucketWindow } from "./bucket-window.js";
import { createCalendarWindow } from "./calendar-window.js";
import { createSlidingWindow } from "./sliding-window.js";
import type { CalendarUnit } from "./time-zone.js";

/** How a window forgets: it refills steadily, it looks back over a span, or it begins anew by the calendar. */
export type WindowShape =
  | { kind: "bucket"; spanMs: number }
  | { kind: "sliding"; spanMs: number }
  | { kind: "calendar"; unit: CalendarUnit; timeZone: string };

/** A limit on what is used within a span of time. Moments are milliseconds since 1970. */
export interface Window {
  readonly limit: number;
  /** What counts as used at a moment, which is not before the last `add`. */
  used(at: number): number;
  /** Charges an amount; a negative one gives back. */
  add(amount: number, at: number): void;
  /** The earliest moment from `at` on at which that much more fits; infinite if it never does. */
  fitsAt(amount: number, at: number): number;
  /** When nothing counts as used any more, if nothing is added. */
  resetsAt(at: number): number;
}

/** Amounts are sums of fractions: what fits by less than this much fits. */
export const tolerance = 1e-6;

export function createWindow(shape: WindowShape, limit: number): Window {
  switch (shape.kind) {
    case "bucket":
      return createBucketWindow(limit, shape.spanMs);
    case "sliding":
      return createSlidingWindow(limit, shape.spanMs);
    case "calendar":
      return createCalendarWindow(limit, shape.unit, shape.timeZone);
  }
}
