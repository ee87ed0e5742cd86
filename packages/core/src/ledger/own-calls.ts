import type { ReserveCommand } from "./ledger-store.js";
import type { SqliteRows } from "./sqlite-rows.js";

/**
 * The calls that a store has admitted and not ended. When their file is lost they run on: the store enters them again in the file that
 * has come in its place, so that others wait for them and their cost is counted.
 */
export interface OwnCalls {
  admitted(command: ReserveCommand, fence: number, probe: boolean): void;
  ended(id: string): void;
  /** The fence under which a call stands in the file now. The one that its caller was given may be of the file before. */
  fenceOf(id: string, given: number): number;
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
  readonly probe: boolean;
  readonly given: number;
  fence: number;
}

/** What is said of a file as a whole stands among what the accounts have learned. */
const ALL_ACCOUNTS = "";
const carriedOver = (file: string): string => `carried_over:${file}`;

export function createOwnCalls(): OwnCalls {
  const calls: Map<string, OwnCall> = new Map();
  let unread: Replacement | undefined;
  return {
    admitted(command, fence, probe) {
      calls.set(command.id, { command, probe, given: fence, fence });
    },
    ended(id) {
      calls.delete(id);
    },
    fenceOf(id, given) {
      const call = calls.get(id);
      return call?.given === given ? call.fence : given;
    },
    enterAgain(rows, replacement) {
      const { old, isCarriedOver, holder, now } = replacement;
      for (const call of calls.values()) {
        const found = rows.find(call.command.id);
        call.fence = found?.seq ?? rows.insert(call.command, holder, "held", call.probe, now);
      }
      if (isCarriedOver) rows.learn(ALL_ACCOUNTS, carriedOver(old), 1, now);
      unread = isCarriedOver ? undefined : replacement;
    },
    waitsForOthers(rows, { id, leaseMs }, now) {
      if (unread === undefined || calls.has(id) || now < unread.now || now >= unread.now + leaseMs) return false;
      return rows.learned(ALL_ACCOUNTS, carriedOver(unread.old)) === null;
    },
  };
}
