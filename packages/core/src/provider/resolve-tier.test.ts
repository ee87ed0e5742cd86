import { describe, expect, it, test } from "vitest";
import { windowsOf } from "../account/windows.js";
import { InvalidOptionsError } from "../errors/setup-errors.js";
import { freeTier, paidTier, playgroundTier } from "../providers/laplas/laplas-tiers.js";
import { resolveTier } from "../providers/laplas/resolve-laplas-tier.js";
import type { TierDocument } from "./tier.js";
import { tierSchema } from "./tier-schema.js";

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
      `Option "tier" (LAPLAS_TIER) is "${name}", but must be one of free, playground, paid, or a tier document.`,
    );
  });

  it("bind the Playground's requests to regular models on the Playground", () => {
    expect(windowsOf(playgroundTier, "regular").map(({ id }) => id)).toEqual(["daily_api_tokens", "daily_requests"]);
    expect(windowsOf(playgroundTier, "pro").map(({ id }) => id)).toEqual(["daily_api_tokens"]);
    expect(windowsOf(freeTier, "regular").map(({ id }) => id)).toEqual(["daily_api_tokens"]);
    expect(windowsOf(paidTier, "regular")).toEqual([]);
  });
});

describe("documents", () => {
  it("may name models by any of their names; one that the catalog does not know stays as it is", () => {
    const images = { id: "images", kind: "maxImages", limit: 1, models: ["dall-e-3", "my/painter"], evidence } as const;
    const proModels = ["gpt-4o-2024-08-06", "claude-3-opus-latest", "gpt-4", "my/model"];
    expect(resolve({ proModels, rules: [images] })).toMatchObject({
      proModels: ["gpt-4o", "claude-3-opus-20240229", "gpt-4", "my/model"],
      rules: [{ models: ["dall-e-3", "my/painter"] }],
    });
  });

  it("may name models by aliases and labels in rules as well", () => {
    const models = ["gpt-4o-2024-08-06", "Claude 3 Opus"];
    const images = { id: "images", kind: "maxImages", limit: 1, models, evidence } as const;
    expect(resolve({ rules: [images] }).rules).toMatchObject([{ models: ["gpt-4o", "claude-3-opus-20240229"] }]);
  });

  it("get every default", () => {
    expect(resolve({ rules: [window, { id: "out", kind: "maxOutputTokens", limit: 1, evidence }] })).toEqual({
      name: "own",
      title: "Own",
      surface: "api",
      rules: [
        {
          ...window,
          period: { type: "day", zone: "UTC", resetHour: 0 },
          scope: "account",
          surface: "both",
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

  it("that extend the Playground are on its surface, or its requests would bind nothing", () => {
    const tier = resolve({ extends: "playground" });
    expect(tier.surface).toBe("playground");
    expect(windowsOf(tier, "regular").map(({ id }) => id)).toContain("daily_requests");
    expect(resolve({ extends: "playground", surface: "api" }).surface).toBe("api");
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
    expect(text).toMatch(/^Option "tier" is not a valid tier document:\n/);
    expect(text).toMatch(/rules\[0\]\.limit/);
  });

  test.each([null, 5, true, []])("%o is none", (document) => {
    expect(message(() => resolveTier(document as unknown as TierDocument))).toMatch(/not a valid tier document/);
  });
});
