import { unitOf } from "../cost/meter.js";
import type { Queued } from "../ledger/wait-for-turn.js";
import type { AccountCommand, AccountParts } from "./account.js";

/** So far must the moment move that a call waits for, before its listeners hear of it again. */
const WORTH_TELLING_MS = 500;

/** Tells listeners that a call waits, what changes while it does, and that it waits no longer. Of a call that never waits, nothing. */
export function createWaitTeller(
  { options, emit }: Pick<AccountParts, "options" | "emit">,
  { command, windows }: Pick<AccountCommand, "command" | "windows">,
): (answer: Queued | undefined) => void {
  const { tier, provider } = options;
  let told: Queued | undefined;
  return (answer) => {
    if (answer === undefined ? told === undefined : told !== undefined && isAlike(told, answer)) return;
    told = answer;
    const at = new Date(options.now());
    const call = { type: "waiting", at, id: command.id, provider: provider.id, model: command.label } as const;
    if (answer === undefined) {
      emit({ ...call, state: "over" });
      return;
    }
    const { position, readyAt, now, full } = answer;
    const window = windows.find(({ id }) => id === full?.rule);
    emit({
      ...call,
      state: "waits",
      position,
      // By this engine's clock, which the ledger's may differ from.
      ...(readyAt !== undefined && { until: new Date(at.getTime() + readyAt - now) }),
      ...(full && { full: { ...full, unit: unitOf(window?.meter ?? "credits", tier.unit) } }),
    });
  };
}

function isAlike(one: Queued, other: Queued): boolean {
  if (one.position !== other.position || one.full?.rule !== other.full?.rule) return false;
  if (one.readyAt === undefined || other.readyAt === undefined) return one.readyAt === other.readyAt;
  return Math.abs(one.readyAt - other.readyAt) < WORTH_TELLING_MS;
}
