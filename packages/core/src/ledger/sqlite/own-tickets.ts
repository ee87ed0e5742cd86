import type { ReserveCommand } from "../ledger-store.js";
import { forget, join } from "./call-steps.js";
import type { SqliteRows } from "./sqlite-rows.js";

/**
 * The calls of a store that wait. Their tickets may be lost: with their file, or because the store was stopped for longer than its lease.
 * Of all that wait in an engine only the first asks again, so its ticket may not come to stand behind that of another, which would never
 * ask: when a ticket is missed, all are given anew, in the order in which they were first asked for.
 */
export interface OwnTickets {
  waits(command: ReserveCommand, now: number): void;
  ended(id: string): void;
  /** Gives the account's tickets again if that of this call is missing. */
  restore(rows: SqliteRows, command: ReserveCommand, holder: string): void;
}

export function createOwnTickets(): OwnTickets {
  const waiting: Map<string, { readonly command: ReserveCommand; readonly since: number }> = new Map();
  return {
    waits(command, now) {
      if (!waiting.has(command.id)) waiting.set(command.id, { command, since: now });
    },
    ended(id) {
      waiting.delete(id);
    },
    restore(rows, { id, account }, holder) {
      if (!waiting.has(id) || rows.calls.find(id) !== undefined) return;
      for (const { command, since } of waiting.values()) {
        if (command.account !== account) continue;
        const found = rows.calls.find(command.id);
        if (found !== undefined && found.phase !== "waiting") continue;
        if (found !== undefined) forget(rows, found);
        join(rows, command, holder, 0, since);
      }
    },
  };
}
