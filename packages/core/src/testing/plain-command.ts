import type { ReserveCommand, Settlement } from "../ledger/ledger-store.js";

/** A call that one slot binds and no window, for child processes: what else serves tests needs their runner. */
export function plainCommand(fields: Partial<ReserveCommand> = {}): ReserveCommand {
  return {
    id: crypto.randomUUID(),
    account: "account",
    label: "gpt-4o-mini",
    buckets: [{ name: "credits", hold: 100 }],
    claims: [],
    slots: [{ name: "account", limit: 1 }],
    scopes: ["account"],
    patienceMs: 0,
    leaseMs: 30_000,
    ...fields,
  };
}

export function plainSettlement(credits: number): Settlement {
  return { amounts: { credits }, estimated: false, lingerMs: 0, outcome: "other" };
}
