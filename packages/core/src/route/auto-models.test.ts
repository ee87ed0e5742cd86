import { expect, it, onTestFinished } from "vitest";
import { createContext } from "../create-context.js";
import { type EngineOptions, resolveEngineOptions } from "../options.js";
import { documentOf, ruleOf, windowOf } from "../testing/pool.js";
import { autoModels } from "./auto-models.js";

function contextOf(document: ReturnType<typeof documentOf>, options: Partial<EngineOptions> = {}) {
  const providers = [{ document }] as const;
  const { all } = resolveEngineOptions({ ledger: "memory", environment: {}, ...options, providers });
  const context = createContext(all[0]);
  onTestFinished(() => context.close());
  return context;
}

const chat = (id: string, more: object = {}) => ({ id, modality: "chat" as const, ...more });
const rates = (input: number, output: number) => ({ rates: { input, output, evidence: "a test" } });
const ids = (context: ReturnType<typeof contextOf>, callsTools = false): string[] =>
  autoModels(context, callsTools).map(({ id }) => id);

it("puts models without a price last, and leaves models of one price in the provider's order", () => {
  const models = [chat("unpriced"), chat("b", rates(2, 2)), chat("a", rates(1, 3)), chat("cheap", rates(0, 0))];
  expect(ids(contextOf(documentOf("one", [windowOf(9)], { models })))).toEqual(["cheap", "b", "a", "unpriced"]);
});

it("has none of a tier whose rules are no windows", () => {
  const slots = ruleOf({ id: "slots", kind: "concurrency", limit: 1 });
  expect(ids(contextOf(documentOf("one", [slots])))).toEqual([]);
  expect(ids(contextOf(documentOf("one", [slots, windowOf(9)])))).toEqual(["one-model"]);
});

it("keeps the choice with and without tools apart, and makes it anew from a new list", async () => {
  const listed = { ...documentOf("one", [windowOf(9)]), models: "listed" as const };
  const fetch = (async () => Response.json({ data: [{ id: "late" }] })) as unknown as typeof globalThis.fetch;
  const context = contextOf(listed, { fetch });
  expect(ids(context)).toEqual([]);
  await context.options.catalog.ready?.(context.warn);
  expect(ids(context)).toEqual(["late"]);
  expect(autoModels(context, false)).toBe(autoModels(context, false));

  const models = [chat("mute", { capabilities: { tools: false } }), chat("handy")];
  const both = contextOf(documentOf("two", [windowOf(9)], { models }));
  expect([ids(both, true), ids(both, false), ids(both, true)]).toEqual([["handy"], ["mute", "handy"], ["handy"]]);
});
