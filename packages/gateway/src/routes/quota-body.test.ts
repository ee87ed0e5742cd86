import type { WindowRule } from "@laplas/core";
import { expect, it } from "vitest";
import { perModelRules } from "./quota-body.js";

const windowOf = (id: string, fields: Partial<WindowRule>): WindowRule => ({
  id,
  kind: "window",
  meter: "requests",
  limit: 5,
  period: { type: "hour" },
  scope: "model",
  marginMs: 0,
  evidence: { source: "a test", date: "2026-01-01", status: "assumed" },
  ...fields,
});

it("names the windows that each model has for itself, and none of a limit of 0, which counts nothing", () => {
  const rules = [
    windowOf("each", {}),
    windowOf("closed", { limit: 0 }),
    windowOf("shared", { scope: "account" }),
    windowOf("pool", { scope: "pool", models: ["a"] }),
    windowOf("one", { limit: 1 }),
  ];
  expect(perModelRules(rules)).toEqual(["each", "one"]);
});
