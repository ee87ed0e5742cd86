/** The sandbox's own time: tests move it across resets instead of waiting for them. */
export interface SandboxClock {
  /** Milliseconds since 1970, as `Date.now()` counts them. */
  now(): number;
  /** Moves the clock on (or back, with a negative number). */
  advance(milliseconds: number): void;
  /** Puts the clock at a moment; a running clock runs on from there. */
  set(moment: Date | number): void;
  /** Back to where it started. */
  reset(): void;
}

export interface ClockOptions {
  /** Where the clock starts. @default the real time */
  start?: Date | number;
  /** A frozen clock moves only by `advance` and `set`. @default false */
  frozen?: boolean;
  /** Where the time comes from, in milliseconds since 1970. @default Date.now */
  now?: () => number;
}

/** Makes a clock: real time plus an offset, or one that stands still until it is moved. */
export function createClock(options: ClockOptions = {}): SandboxClock {
  const source = options.now ?? (() => Date.now());
  const real = options.frozen ? () => 0 : source;
  const start = options.start === undefined ? source() : Number(options.start);
  if (Number.isNaN(start)) throw new TypeError("clock.start is not a valid date");
  const startOffset = options.frozen || options.start !== undefined ? start - real() : 0;
  let offset = startOffset;

  return {
    now: () => real() + offset,
    advance(milliseconds) {
      offset += milliseconds;
    },
    set(moment) {
      const target = Number(moment);
      if (Number.isNaN(target)) throw new TypeError("clock.set: not a valid date");
      offset = target - real();
    },
    reset() {
      offset = startOffset;
    },
  };
}
