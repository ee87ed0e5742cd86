import { calendarSpan } from "../tier/period.js";
import type { Account } from "./account.js";

/** Whether the server has refused a price, by one of these keys, since the last reset. */
export async function isOverCostCap(account: Account, keys: Iterable<string>, now: number): Promise<boolean> {
  const { store, name } = await account.open();
  for (const key of new Set(keys)) {
    const until = await store.learned(name, key);
    if (until !== null && until > now) return true;
  }
  return false;
}

/** Remembers a price that the server refused until the day is over: prices may have changed by then. */
export async function rememberCostRefusal(account: Account, key: string, now: number): Promise<void> {
  const { store, name } = await account.open();
  const day = { type: "day", zone: "UTC", resetHour: 0 } as const;
  await store.teach(name, [{ kind: "value", key, value: calendarSpan(day, now).to }]);
}
