import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { resolveProvider } from "@laplas/core";
import { describe, expect, it, test } from "vitest";
import * as index from "./index.js";

const { documents, provider: _, ...factories } = index;
const FOLDER = fileURLToPath(new URL("documents", import.meta.url));
/** Placeholders of addresses. */
const environment = { CLOUDFLARE_ACCOUNT_ID: "0123456789abcdef0123456789abcdef" };

describe.each(documents.map((document) => [document.id, document] as const))("the document %s", (id, document) => {
  it("passes the engine's own check", () => {
    const provider = resolveProvider(document, { environment });
    expect(provider.id).toBe(id);
    expect(new URL(provider.baseURL).protocol).toBe(id === "local" ? "http:" : "https:");
  });

  it("is plain data: as a JSON file it is the same", () => {
    expect(JSON.parse(JSON.stringify(document))).toEqual(document);
  });

  it("says of each rule where it is from and when that was, and when to look again unless it is our own choice", () => {
    const rules = document.tiers.flatMap((tier) => tier.rules);
    expect(rules.length).toBeGreaterThan(0);
    for (const { id: rule, evidence } of rules) {
      expect(evidence.source.length, rule).toBeGreaterThan(20);
      expect(evidence.date, rule).toMatch(/^2026-\d\d-\d\d$/);
      expect(evidence.goodForDays, rule).toBe(id === "local" ? undefined : 30);
    }
  });

  it("says what is known of training, production and several keys, with source and date", () => {
    const { training, production, severalKeys } = document.terms ?? {};
    for (const term of [training, production, severalKeys]) {
      expect(term?.source).not.toBe("");
      expect(term?.date).toMatch(/^2026-\d\d-\d\d$/);
    }
  });

  it("takes one key, from one variable of its own", () => {
    const variables = documents.map(({ keyVariable }) => keyVariable).filter((name) => name !== undefined);
    expect(new Set(variables).size).toBe(documents.length - 1);
    expect(document.keyVariable === undefined).toBe(id === "local");
  });
});

test("each file of a document is exported, as a factory of its name that adds settings and changes nothing", () => {
  const names = readdirSync(FOLDER).map((file) => file.replace(/\.ts$/, ""));
  expect(documents.map(({ id }) => id).sort()).toEqual(names.sort());
  for (const document of documents) {
    const factory = factories[document.id as keyof typeof factories];
    expect(factory()).toEqual({ document });
    expect(factory({ apiKey: "k", tier: "free" })).toEqual({ document, apiKey: "k", tier: "free" });
  }
  expect(factories.laplas({ apiKey: "k" })).toEqual({ document: "laplas", apiKey: "k" });
  expect(Object.keys(factories).length).toBe(names.length + 1);
});

test("the package holds no code of core: types alone are imported", () => {
  const files = readdirSync(fileURLToPath(new URL(".", import.meta.url)), { recursive: true, encoding: "utf8" });
  const sources = files.filter((file) => file.endsWith(".ts") && !/\.test\.|testing/.test(file));
  expect(sources.length).toBe(documents.length + 2);
  for (const file of sources) {
    const code = readFileSync(new URL(file, import.meta.url), "utf8");
    expect(code.replace(/^ \* .*$/gm, ""), file).not.toMatch(/^import (?!type )[^;]*"@laplas\/core"/m);
  }
});
