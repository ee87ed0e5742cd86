import { expect, it } from "vitest";
import { claimsOf, DAY_MS, daily, NOON, spend, teachUse } from "../../testing/ledger.js";
import { createMemoryAccounts } from "./memory-accounts.js";
import { createMemoryStore } from "./memory-store.js";

const unlimited = { ...daily, limit: 1e9 };

function setup() {
  const clock = { at: NOON };
  const memory = createMemoryAccounts();
  const store = createMemoryStore({ now: () => clock.at, memory });
  const used = async () => (await store.view("account", claimsOf([unlimited]))).windows[0]?.used;
  const call = async (times: number): Promise<void> => {
    for (let number = 0; number < times; number += 1) await spend(store, 1, { windows: [unlimited] });
  };
  return { clock, memory, store, used, call };
}

it("ended calls that no window counts any more are forgotten, the newest two thousand aside", async () => {
  const { clock, memory, used, call } = setup();
  await call(3_000);
  clock.at += 3 * DAY_MS;
  await call(5_500);
  expect(memory.rows.size).toBe(5_500);
  expect(await used()).toBe(5_500);
});

it("no call is forgotten on the word of a clock that is 40 days ahead for a while", async () => {
  const { clock, memory, store, used, call } = setup();
  await call(3_400);
  clock.at += 40 * DAY_MS;
  await call(1_000);
  clock.at = NOON;
  expect(memory.rows.size).toBe(4_400);
  expect(await used()).toBe(3_400);
  await store.redate?.("account");
  expect(await used()).toBe(4_400);
});

it("the newest calls are kept where they were made by a clock that was 40 days behind", async () => {
  const { clock, store, memory, call } = setup();
  await call(2_500);
  clock.at -= 40 * DAY_MS;
  await call(1_500);
  clock.at = NOON;
  await call(100);
  expect(memory.rows.size).toBe(4_100);
  const season = { ...unlimited, period: { type: "rolling", spanMs: 100 * DAY_MS } } as const;
  expect((await store.view("account", claimsOf([season]))).windows[0]?.used).toBe(4_100);
});

it("what was used elsewhere is forgotten with the calls of its time", async () => {
  const { clock, memory, store, used, call } = setup();
  for (const told of [5_000, 1_000, 8_000]) await teachUse(store, unlimited, told, 1);
  const ended = () => memory.accounts.get("account")?.ended.length;
  expect([ended(), await used()]).toEqual([3, 8_000]);
  await call(100);
  clock.at += 3 * DAY_MS;
  await call(5_500);
  expect([ended(), await used()]).toEqual([5_500, 5_500]);
  const season = { ...unlimited, period: { type: "rolling", spanMs: 100 * DAY_MS } } as const;
  expect((await store.view("account", claimsOf([season]))).windows[0]?.used).toBe(5_500);
});
