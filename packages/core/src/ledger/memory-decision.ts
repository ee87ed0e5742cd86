import type { WindowRule } from "../tier/tier.js";
import { type AdmissionView, admit, type WindowCount, windowStart } from "./admit.js";
import type { AccountQuery, ReserveAnswer, ReserveCommand } from "./ledger-store.js";
import { dropLingered, type MemoryAccount, type MemoryRow } from "./memory-accounts.js";
import { amountOf, countsIn } from "./window-match.js";

/** The decision on an account as it stands; nothing is written. */
export function decide(
  account: MemoryAccount,
  command: ReserveCommand,
  own: MemoryRow | undefined,
  now: number,
): ReserveAnswer {
  dropLingered(account, now);
  const view = viewOf(account, command, own, now);
  const admission = admit(command, view);
  switch (admission.verdict) {
    case "deny":
      return { outcome: "denied", ...admission.denial };
    case "wait":
      return { outcome: "queued", position: view.ahead, movement: `${account.fence}/${account.live.size}`, now };
    case "admit": {
      const used = view.windows.map((count) => count.used + count.held);
      return { outcome: "admitted", fence: account.fence + 1, probe: admission.probe, used, now };
    }
  }
}

function viewOf(
  account: MemoryAccount,
  command: ReserveCommand,
  own: MemoryRow | undefined,
  now: number,
): AdmissionView {
  let ahead = 0;
  for (const row of account.waiting) {
    if (row === own) break;
    ahead += 1;
  }
  let probing = false;
  for (const row of account.live) probing ||= row.probe;
  const windows = command.windows.map((rule) => countOf(account, rule, command, now));
  return { now, ahead, live: account.live.size, probing, windows, block: account.block };
}

/** What a window holds of an account. */
export function countOf(account: MemoryAccount, rule: WindowRule, query: AccountQuery, now: number): WindowCount {
  const start = windowStart(rule, now);
  let used = 0;
  let held = 0;
  for (const row of account.settled) {
    if (row.endedAt >= start && countsIn(rule, row.command, query.model)) used += amountOf(rule, row.apiTokens);
  }
  for (const row of account.live) {
    if (row.state === "held" && countsIn(rule, row.command, query.model))
      held += amountOf(rule, row.command.heldApiTokens);
  }
  return {
    used,
    held,
    *entriesNewestFirst() {
      for (const row of account.settled.toReversed().sort((a, b) => b.endedAt - a.endedAt)) {
        if (row.endedAt >= start && countsIn(rule, row.command, query.model)) {
          yield { amount: amountOf(rule, row.apiTokens), endedAt: row.endedAt };
        }
      }
    },
  };
}
