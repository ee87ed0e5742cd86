import { describe, expect, it, onTestFinished } from "vitest";
import { createEngine } from "../create-engine.js";
import { createLaplas } from "../create-laplas.js";
import type { LaplasEvent } from "../events.js";
import type { EngineOptions } from "../options.js";
import { ask } from "../testing/engine.js";
import { serve } from "../testing/server.js";
import { tierOf, windowRule } from "../testing/tier.js";
import type { TierDocument } from "../tier/tier.js";
import type { ProviderDocument } from "./provider.js";

const tierFor = (...models: string[]): TierDocument =>
  tierOf(windowRule({ id: "first" }), windowRule({ id: "few", scope: "model", models }));
const document: ProviderDocument = {
  id: "acme",
  title: "Acme",
  baseURL: "https://acme.test/v1",
  models: [
    { id: "acme-large", modality: "chat", aliases: ["large"] },
    { id: "acme-embed", modality: "embedding" },
  ],
  tiers: [{ name: "acme-free", title: "Acme's plan", rules: [windowRule({ id: "first" })] }],
};

function open(provider: ProviderDocument, tier: TierDocument, more: Partial<EngineOptions> = {}) {
  const warnings: string[] = [];
  const onEvent = (event: LaplasEvent): void => void (event.type === "warning" && warnings.push(event.message));
  const engine = createEngine({
    providers: [{ document: provider, tier, ...(provider.models === "listed" ? { apiKey: "key" } : {}) }],
    ledger: "memory",
    onEvent,
    ...more,
  });
  onTestFinished(() => engine.close());
  return { engine, warnings };
}

describe("models that a tier's rules name", () => {
  it.each([
    [["acme-*", "gpt-*"], 'rules[1].models[1] is "gpt-*", which is no model of Acme.'],
    [["acme-small"], 'rules[1].models[0] is "acme-small", which is no model of Acme.'],
    [["!acme-small"], 'rules[1].models[0] is "!acme-small", which is no model of Acme.'],
    [["acme-*", "!acme-*"], "rules[1].models leaves no model that the rule could bind."],
  ])("are those of the document's catalog: %j", (models, message) => {
    expect(() => open(document, tierFor(...models))).toThrow(message);
  });

  it("may be patterns and aliases", () => {
    expect(() => open(document, tierFor("*-large", "!large", "acme-embed"))).not.toThrow();
  });

  it("may be others where unknown ids are sent, with a warning", async () => {
    const { engine, warnings } = open(document, tierFor("acme-next"), { unknownModels: "send" });
    await engine.check(ask("Hello", { model: "acme-large" }));
    expect(warnings).toEqual(['own tier, rule few: models[0] is "acme-next", which is no model of Acme.']);
  });

  it("are told of once where several rules name the same", async () => {
    const rule = (id: string, ...models: string[]) => windowRule({ id, scope: "model", models });
    const tier = tierOf(rule("a", "acme-next"), rule("b", "acme-large", "acme-next"), rule("c", "gpt-5"));
    const { engine, warnings } = open(document, tier, { unknownModels: "send" });
    await engine.check(ask("Hello", { model: "acme-large" }));
    expect(warnings).toEqual([
      'own tier, rules a, b: one of "models" is "acme-next", which is no model of Acme.',
      'own tier, rule c: models[0] is "gpt-5", which is no model of Acme.',
    ]);
  });

  it("may be others at laplas, with a warning", async () => {
    const warnings: string[] = [];
    const laplas = createLaplas({
      apiKey: "key",
      ledger: "memory",
      tier: tierFor("gpt-99", "gpt-4*"),
      onEvent: (event) => void (event.type === "warning" && warnings.push(event.message)),
    });
    onTestFinished(() => laplas.close());
    await laplas.check(ask("Hello"));
    expect(warnings).toEqual([expect.stringContaining('rule few: models[0] is "gpt-99", which is no model of laplas')]);
  });

  it("are compared with a list once it is there, and told of once", async () => {
    let ids: string[] | undefined;
    let now = Date.parse("2026-03-10T12:00:00.000Z");
    const baseURL = await serve((_, response) => {
      if (ids === undefined) response.writeHead(500);
      response.end(JSON.stringify({ data: (ids ?? []).map((id) => ({ id })) }));
    });
    const listed: ProviderDocument = { ...document, baseURL, models: "listed" };
    const { engine, warnings } = open(listed, tierFor("acme-old", "acme-large"), { now: () => now });
    await engine.check(ask("Hello", { model: "acme-large" }));
    expect(warnings).toEqual([expect.stringContaining("its list of models could not be read")]);
    ids = ["acme-large"];
    now += 60_000;
    const told = async () => {
      await engine.check(ask("Hello", { model: "acme-large" }));
      return warnings.slice(1);
    };
    await expect.poll(told).toHaveLength(1);
    await told();
    expect(warnings.slice(1)).toEqual(['own tier, rule few: models[0] is "acme-old", which is no model of Acme.']);
  });
});
