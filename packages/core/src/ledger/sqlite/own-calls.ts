import type { Lesson, ReserveCommand } from "../ledger-store.js";
import { hold } from "./call-steps.js";
import { giveSign } from "./holder-signs.js";
import type { SqliteRows } from "./sqlite-rows.js";

/**
 * The calls that a store has admitted and not ended. When their file is lost they run on: the store enters them again in the file that
 * has come in its place, so that others wait for them and their cost is counted.
 */
export interface OwnCalls {
  admitted(command: ReserveCommand, fence: number, probes: readonly string[]): void;
  ended(id: string): void;
  /** The fence under which a call stands in the file now. The one that its caller was given may be of the file before. */
  fenceOf(id: string, given: number): number;
  /** A lesson with the fence of its call in the file now, if the call has not ended. */
  inThisFile(account: string, lesson: Lesson): Lesson;
  /** Enters the calls in a file that has come in place of another, or finds those that somebody else has brought over. */
  enterAgain(rows: SqliteRows, replacement: Replacement): void;
  /**
   * Whether a call has to wait, because others may run of which the file does not know: until a process that could read the old file
   * has brought all over, or each has given a sign of its own, which it does within a lease.
   */
  waitsForOthers(rows: SqliteRows, command: ReserveCommand, now: number): boolean;
}

/** A file in place of another. */
export interface Replacement {
  /** Tells the old one from all files that there have been. */
  readonly old: string;
  /** Whether the calls of all processes were brought over from it. */
  readonly isCarriedOver: boolean;
  /** Of the store that enters its calls. */
  readonly holder: string;
  readonly now: number;
}

interface OwnCall {
  readonly command: ReserveCommand;
  readonly probes: readonly string[];
  readonly given: number;
  fence: number;
}

/** What is said of a file as a whole stands among the values of the accounts. */
const ALL_ACCOUNTS = "";
const carriedOver = (file: string): string => `carried_over:${file}`;

export function createOwnCalls(): OwnCalls {
  const calls: Map<string, OwnCall> = new Map();
  let unread: Replacement | undefined;
  return {
    admitted(command, fence, probes) {
      calls.set(command.id, { command, probes, given: fence, fence });
    },
    ended(id) {
      calls.delete(id);
    },
    fenceOf(id, given) {
      const call = calls.get(id);
      return call?.given === given ? call.fence : given;
    },
    inThisFile(account, lesson) {
      if (lesson.kind !== "use") return lesson;
      for (const { command, given, fence } of calls.values())
        if (given === lesson.fence && fence !== given && command.account === account) return { ...lesson, fence };
      return lesson;
    },
    enterAgain(rows, replacement) {
      const { old, isCarriedOver, holder, now } = replacement;
      for (const call of calls.values()) {
        const { command, probes } = call;
        const found = rows.calls.find(command.id);
        call.fence = found?.fence ?? hold(rows, command, undefined, { holder, probes }, now);
        giveSign(rows, command.account, holder, command.leaseMs, now);
      }
      if (isCarriedOver) rows.marks.setValue(ALL_ACCOUNTS, carriedOver(old), 1, now);
      unread = isCarriedOver ? undefined : replacement;
    },
    waitsForOthers(rows, { id, leaseMs }, now) {
      if (unread === undefined || calls.has(id) || now < unread.now || now >= unread.now + leaseMs) return false;
      return rows.marks.value(ALL_ACCOUNTS, carriedOver(unread.old)) === undefined;
    },
  };
}
