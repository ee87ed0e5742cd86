import { type Clock, REAL_CLOCK, type Timer } from "../clock.js";
import { TransportError } from "../transport/transport.js";

/** How long one request to the upstream may take, in milliseconds. */
export interface TimeLimits {
  /** Without content, before the head and after it. */
  readonly timeoutMs: number;
  /** In all, from sending it to its end. */
  readonly deadlineMs: number;
  readonly leave?: LeaveEarly | undefined;
}

/** Gives up a request before its timeout if it is silent and another target can answer. */
export interface LeaveEarly {
  /** Asked after so many milliseconds without content, and again and again. */
  readonly afterMs: number;
  /** Whether it is to be given up. It never rejects. */
  isWanted(): Promise<boolean>;
}

/** Keeps the time of one request. */
export interface Timekeeper {
  /** The head has come: silence counts anew. */
  head(): void;
  /** Content has come. Comments, pings and blanks are none: a proxy sends them for ever. */
  heard(): void;
  /** Until the next `heard` nothing is read, so nothing can be heard: a reader that stands still is no silence of the upstream. */
  pause(): void;
  /** The answer is whole: only its connection has yet to end, and nobody waits long for that. */
  close(): void;
  /** Lets the process end meanwhile. */
  unref(): void;
  stop(): void;
}

/** A connection that ends can be used again; one that is given up can't. */
const CLOSING_MS = 500;

/** Starts with the request. @param giveUp called at most once, with what the request is to fail with */
export function keepTime(
  { timeoutMs, deadlineMs, leave }: TimeLimits,
  giveUp: (reason: TransportError) => void,
  clock: Clock = REAL_CLOCK,
): Timekeeper {
  let silence: Timer | undefined;
  let early: Timer | undefined;
  let hasHead = false;
  let isClosing = false;
  let isUnref = false;

  const start = (ms: number, end: () => TransportError): Timer => {
    const timer = clock.start(ms, () => {
      stop();
      giveUp(end());
    });
    if (isUnref) timer.unref();
    return timer;
  };
  const stop = (): void => {
    isClosing = true;
    silence?.stop();
    deadline.stop();
    early?.stop();
  };
  const silent = (): TransportError =>
    new TransportError("timeout", hasHead ? `the answer stalled for ${timeoutMs} ms` : `no answer for ${timeoutMs} ms`);
  const deadline = start(
    deadlineMs,
    () =>
      new TransportError(
        "timeout",
        `the answer has not ended within its deadline of ${deadlineMs} ms (option "deadlineMs")`,
      ),
  );
  silence = start(timeoutMs, silent);
  const lookWhetherToLeave = async (one: LeaveEarly): Promise<void> => {
    const isWanted = await one.isWanted();
    if (early === undefined || isClosing) return;
    if (!isWanted) {
      early = clock.start(one.afterMs, () => void lookWhetherToLeave(one));
      return;
    }
    stop();
    giveUp(new TransportError("timeout", `no answer for ${one.afterMs} ms, and another target can answer`));
  };
  if (leave !== undefined) early = clock.start(leave.afterMs, () => void lookWhetherToLeave(leave));
  const hear = (): void => {
    if (isClosing) return;
    hasHead = true;
    if (silence === undefined) silence = start(timeoutMs, silent);
    else silence.restart();
  };

  return {
    head: hear,
    heard() {
      if (early !== undefined) {
        early.stop();
        early = undefined;
      }
      hear();
    },
    pause() {
      if (isClosing) return;
      silence?.stop();
      silence = undefined;
    },
    close() {
      if (isClosing) return;
      isClosing = true;
      silence?.stop();
      silence = start(CLOSING_MS, () => new TransportError("aborted", "the connection did not end with its answer"));
    },
    unref() {
      isUnref = true;
      for (const timer of [silence, deadline, early]) timer?.unref();
    },
    stop,
  };
}
