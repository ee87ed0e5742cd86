import type { ReserveCommand } from "../ledger/ledger-store.js";

/** A call that one place binds and no window, for child processes: what else serves tests needs their runner. */
export function plainCommand(fields: Partial<ReserveCommand> = {}): ReserveCommand {
  return {
    id: crypto.randomUUID(),
    account: "account",
    model: "gpt-4o-mini",
    modelClass: "regular",
    surface: "api",
    heldApiTokens: 100,
    countOwnHold: false,
    windows: [],
    concurrency: 1,
    leaseMs: 30_000,
    ...fields,
  };
}
