import { expect, it } from "vitest";
import { createTestContext, NOON } from "../testing/call.js";
import { isOverCostCap, rememberCostRefusal } from "./cost-cap.js";

const MIDNIGHT = Date.parse("2026-03-11T00:00:00.000Z");

it("remembers a price that the server refused until the day is over, UTC", async () => {
  const { account } = createTestContext().context;
  await rememberCostRefusal(account, "price:a", NOON);
  expect(await isOverCostCap(account, ["price:a"], NOON)).toBe(true);
  expect(await isOverCostCap(account, ["price:a"], MIDNIGHT - 1)).toBe(true);
  expect(await isOverCostCap(account, ["price:a"], MIDNIGHT)).toBe(false);
});

it("knows it by any of a call's keys, and no other", async () => {
  const { account } = createTestContext().context;
  await rememberCostRefusal(account, "price:a", NOON);
  expect(await isOverCostCap(account, ["price:b", "price:a"], NOON)).toBe(true);
  expect(await isOverCostCap(account, ["price:b"], NOON)).toBe(false);
  expect(await isOverCostCap(account, [], NOON)).toBe(false);
});

it("shares it with other engines of the account, and keeps it from other accounts", async () => {
  const { context } = createTestContext();
  await rememberCostRefusal(context.account, "price:a", NOON);
  const ledger = context.options.ledger;
  const other = (apiKey: string) => createTestContext({ ledger, apiKey }).context.account;
  expect(await isOverCostCap(other(context.options.apiKey), ["price:a"], NOON)).toBe(true);
  expect(await isOverCostCap(other("another-key"), ["price:a"], NOON)).toBe(false);
});
