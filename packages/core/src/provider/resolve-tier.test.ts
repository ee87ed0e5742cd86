import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterAll, describe, expect, it, test } from "vitest";
import { windowsOf } from "../account/windows.js";
import { InvalidOptionsError } from "../errors/setup-errors.js";
import { freeTier, paidTier, playgroundTier } from "../providers/laplas/laplas-tiers.js";
import { resolveTier } from "../providers/laplas/resolve-laplas-tier.js";
import type { Tier, TierDocument } from "../tier/tier.js";
import { tierSchema } from "../tier/tier-schema.js";

const evidence = { source: "a test", date: "2026-01-01", status: "assumed" } as const;
const window = {
  id: "daily",
  kind: "window",
  meter: "requests",
  limit: 20,
  period: { type: "day" },
  evidence,
} as const;

function resolve(fields: Partial<Record<keyof TierDocument, unknown>>) {
  return resolveTier({ name: "own", title: "Own", rules: [], ...fields } as TierDocument);
}

function message(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    expect(InvalidOptionsError.isInstance(error)).toBe(true);
    return (error as Error).message;
  }
  throw new Error("expected a throw");
}

describe("built-in tiers", () => {
  test.each([
    ["free", freeTier],
    ["playground", playgroundTier],
    ["paid", paidTier],
  ] as const)("%s is found by its name and passes the check of documents as it stands", (name, tier) => {
    expect(resolveTier(name)).toBe(tier);
    expect(tierSchema().parse(tier)).toEqual(tier);
  });

  test.each(["Free", "", "toString", "__proto__"])("%j is none: the message lists those there are", (name) => {
    expect(message(() => resolveTier(name as "free"))).toBe(
      `Option "tier" (LAPLAS_TIER) is "${name}", but must be one of free, playground, paid, a file that ends in .json, or a tier document.`,
    );
  });

  it("bind the Playground's requests on the Playground alone, for each model", () => {
    const idsOf = (tier: Tier) => windowsOf(tier, "gpt-4o").map(({ id, scope }) => [id, scope]);
    expect(idsOf(playgroundTier)).toEqual([
      ["daily_api_tokens", "account"],
      ["daily_requests", "model"],
    ]);
    expect(idsOf(freeTier)).toEqual([["daily_api_tokens", "account"]]);
    expect(idsOf(paidTier)).toEqual([]);
  });
});

describe("documents", () => {
  it("may name models by any of their names, left out or not; one that the catalog does not know stays as it is", () => {
    const models = ["gpt-4o-2024-08-06", "Claude 3 Opus", "!claude-3-opus-latest", "gpt-4", "my/painter", "gpt-*"];
    const images = { id: "images", kind: "maxImages", limit: 1, models, evidence } as const;
    expect(resolve({ rules: [images] }).rules).toMatchObject([
      { models: ["gpt-4o", "claude-3-opus-20240229", "!claude-3-opus-20240229", "gpt-4", "my/painter", "gpt-*"] },
    ]);
  });

  it("get every default", () => {
    expect(resolve({ rules: [window, { id: "out", kind: "maxOutputTokens", limit: 1, evidence }] })).toEqual({
      name: "own",
      title: "Own",
      unit: { name: "API tokens", field: "apiTokens" },
      rules: [
        {
          ...window,
          period: { type: "day", zone: "UTC", resetHour: 0 },
          scope: "account",
          marginMs: 2_000,
        },
        { id: "out", kind: "maxOutputTokens", limit: 1, onExcess: "adjust", evidence },
      ],
    });
  });

  it("that extend a tier have its rules, and replace one by its id", () => {
    const own = { id: "output_tokens", kind: "maxOutputTokens", limit: 100, onExcess: "refuse", evidence };
    const tier = resolve({ extends: "free", rules: [own] });
    expect(tier).not.toHaveProperty("extends");
    expect(tier.rules).toHaveLength(freeTier.rules.length);
    expect(tier.rules.filter(({ id }) => id === "output_tokens")).toEqual([own]);
    expect(tier.rules.map(({ id }) => id).toSorted()).toEqual(freeTier.rules.map(({ id }) => id).toSorted());
  });

  it("that extend what is none say what they can", () => {
    expect(message(() => resolve({ extends: "pro" }))).toBe(
      'Option "tier" extends "pro", but can extend one of free, playground, paid.',
    );
  });

  it("have the provider's unit, whatever they say", () => {
    expect(resolve({ unit: { name: "neurons", field: "credits" } }).unit).toEqual(freeTier.unit);
  });

  it("do not change the built-in one, nor are they changed", () => {
    const before = structuredClone(freeTier);
    const document = Object.freeze({ name: "own", title: "Own", extends: "free", rules: Object.freeze([window]) });
    resolveTier(document as TierDocument);
    expect(freeTier).toEqual(before);
    expect(document.rules).toEqual([window]);
  });

  it("that are wrong are refused, naming the place", () => {
    const text = message(() => resolve({ rules: [{ ...window, limit: -1 }] }));
    expect(text).toBe('Option "tier" is not a valid tier document:\nrules[0].limit must be at least 0.');
  });

  test.each([null, 5, true, []])("%o is none", (document) => {
    expect(message(() => resolveTier(document as unknown as TierDocument))).toMatch(/not a valid tier document/);
  });
});

describe("documents in files", () => {
  const folder = mkdtempSync(join(tmpdir(), "laplas-tier-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const write = (name: string, content: unknown): string => {
    const path = join(folder, name);
    writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
    return path;
  };
  const own = { name: "own", title: "Own", extends: "free", rules: [window] };

  it("are what they would be in options, with a byte order mark or without", () => {
    const resolved = resolveTier(own as TierDocument);
    expect(resolveTier(write("own.json", own))).toEqual(resolved);
    expect(resolveTier(write("own.txt", `\uFEFF${JSON.stringify(own)}`))).toEqual(resolved);
  });

  it("are found from the working directory", () => {
    const path = write("near.json", own);
    expect(resolveTier(relative(process.cwd(), path)).name).toBe("own");
  });

  test.each<[string, unknown, RegExp]>([
    [
      "wrong",
      { ...own, rules: [{ ...window, limit: -1 }] },
      /^The file ".*" is not a valid tier document:\nrules\[0\]\.limit must be at least 0\.$/,
    ],
    ["of another base", { ...own, extends: "pro" }, /^The file ".*" extends "pro", but can extend one of free/],
    [
      "no JSON",
      '{ "apiKey": "sk-secret"',
      /^Option "tier" \(LAPLAS_TIER\) names the file ".*", which is not valid JSON\.$/,
    ],
    ["a list", [], /^The file ".*" is not a valid tier document:\nThe document must be an object\.$/],
  ])("that are %s are told, with the file", (_, content, text) => {
    const told = message(() => resolveTier(write("wrong.json", content)));
    expect(told).toMatch(text);
    expect(told).toContain("wrong.json");
    expect(told).not.toContain("secret");
  });

  it("that are a provider's are told what they are for", () => {
    const file = write("provider.json", {
      id: "acme",
      title: "Acme",
      baseURL: "https://acme.example/v1",
      tiers: [own],
    });
    expect(message(() => resolveTier(file))).toMatch(
      /^The file ".*provider\.json" is a provider's document, not a tier's: hand it to createEngine/,
    );
  });

  test.each(["none.json", "./none", "none/free", "no\\ne"])("that are not there are told: %s", (path) => {
    expect(message(() => resolveTier(path))).toBe(
      `Option "tier" (LAPLAS_TIER) names the file ${JSON.stringify(path).replace("\\\\", "\\")}, which does not exist.`,
    );
  });

  it("can't be read where programs have no files", () => {
    const { getBuiltinModule } = process;
    process.getBuiltinModule = (() => undefined) as never;
    try {
      expect(message(() => resolveTier("own.json"))).toMatch(
        /is "own\.json", but this runtime gives programs no files\. Hand in the document itself\.$/,
      );
    } finally {
      process.getBuiltinModule = getBuiltinModule;
    }
  });
});
