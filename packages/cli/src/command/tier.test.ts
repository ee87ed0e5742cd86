import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { freeTier, paidTier, playgroundTier, type Rule, type Tier, type WindowRule } from "@laplas/core";
import { describe, expect, it, test } from "vitest";
import { openShell } from "../testing/open-shell.js";
import { plain } from "../testing/plain.js";
import { describeRule } from "./describe-rule.js";
import { tierBody, tierLines } from "./tier.js";

const NOW = Date.parse("2025-06-01T12:00:00Z");
const evidence = { source: "here", date: "2026-01-01", status: "assumed" } as const;
const TOKENS = { name: "tokens", field: "tokens" } as const;
const NEURONS = { name: "neurons", field: "credits" } as const;

it("tells every rule of the built-in tiers in words, with its evidence", () => {
  const text = plain(tierLines(playgroundTier, 100, NOW));
  for (const rule of playgroundTier.rules) {
    expect(text).toContain(`  ${rule.id}\n`);
    expect(text).toContain(`${rule.evidence.status}, ${rule.evidence.date}. `);
  }
  expect(text).toMatch(/10 requests per model per day, starting at 0:00 UTC\./);
  expect(text).toMatch(/50,000 API tokens per day, starting at 0:00 UTC, all\s+calls together\./);
  expect(
    Math.max(
      ...text
        .split("\n")
        .slice(1)
        .map((line) => line.length),
    ),
  ).toBeLessThanOrEqual(100);
  expect(plain(tierLines(paidTier, 100, NOW))).toBe("laplas paid plan (paid): no rules, nothing is limited.");
});

describe("a rule in words", () => {
  const window: WindowRule = {
    id: "w",
    kind: "window",
    meter: "credits",
    limit: 5,
    period: { type: "hour" },
    scope: "account",
    marginMs: 0,
    evidence,
  };
  const minute = { type: "minute" } as const;
  test.each<[Partial<WindowRule>, string]>([
    [{}, "5 neurons per clock hour, all calls together."],
    [
      { period: { type: "rolling", spanMs: 7_200_000 }, scope: "pool", models: ["a-*", "b"] },
      "5 neurons in any 2 h, these models together (a-*, b).",
    ],
    [
      { meter: "requests", period: minute, scope: "model", countsFailures: true },
      "5 requests per model per clock minute, failed ones too.",
    ],
    [
      { meter: "tokens", period: minute, hold: "asked", scope: "model", models: ["*", "!a"] },
      "5 model tokens per model (all except a) per clock minute; a call needs room for its longest answer.",
    ],
    [
      { meter: "inputTokens", period: { type: "bucket", spanMs: 60_000 }, scope: "model", models: ["a-*", "!a-1"] },
      "5 input tokens per model (a-*, except a-1), refilled over 1 min.",
    ],
    [
      { period: { type: "month", zone: "UTC", resetHour: 3 }, scope: "pool", models: ["!a"] },
      "5 neurons per month, starting on the first at 3:00 UTC, these models together (all except a).",
    ],
    [
      { limit: 1, meter: "requests", period: { type: "day", zone: "Europe/Berlin", resetHour: 0 } },
      "1 request per day, starting at 0:00 in Europe/Berlin, all calls together.",
    ],
    [{ limit: 0, scope: "model", models: ["a"] }, "No call with a is on this tier."],
    [{ limit: 0 }, "No model is on this tier."],
  ])("of the kind window: %o", (fields, text) => {
    expect(describeRule({ ...window, ...fields }, NEURONS)).toBe(text);
  });

  it("names a provider that counts in tokens by its unit", () => {
    expect(describeRule({ ...window, period: minute }, TOKENS)).toBe("5 tokens per clock minute, all calls together.");
  });

  test.each<[Rule, string]>([
    [{ id: "r", kind: "allowedModels", models: ["a", "b-*"], evidence }, "Only these models: a, b-*."],
    [{ id: "r", kind: "maxInputTokens", limit: 8_000, evidence }, "At most 8,000 tokens in a prompt; more is refused."],
    [
      { id: "r", kind: "concurrency", limit: 1, models: ["a"], evidence },
      "One call at a time with a; others wait their turn.",
    ],
    [
      { id: "r", kind: "maxRequestCost", limit: 9, modalities: ["image"], evidence },
      "At most 9 neurons for one request to image models.",
    ],
    [
      { id: "r", kind: "allowedModalities", modalities: ["chat", "embedding", "image"], evidence },
      "Only chat, embedding and image models.",
    ],
    [
      { id: "r", kind: "forbiddenContent", partTypes: ["file"], models: ["!a"], evidence },
      "No file parts in messages with all except a.",
    ],
  ])("of another kind: %o", (rule, text) => expect(describeRule(rule, NEURONS)).toBe(text));
});

describe("a source that should be read again", () => {
  const rule: Rule = {
    id: "out",
    kind: "maxOutputTokens",
    limit: 1,
    onExcess: "adjust",
    evidence: { source: "a page", date: "2025-05-01", status: "published", goodForDays: 30 },
  };
  const tier: Tier = { name: "own", title: "Own", unit: TOKENS, rules: [rule] };

  test.each([
    ["2025-05-31T23:59:59Z", false],
    ["2025-06-01T00:00:00Z", true],
  ])("at %s is stale: %s", (now, isStale) => {
    const text = plain(tierLines(tier, 100, Date.parse(now)));
    expect(text.includes("1 published, 0 assumed, 1 stale")).toBe(isStale);
    expect(text.includes("published, 2025-05-01, stale since 2025-06-01: read the source again. a page")).toBe(isStale);
    expect(tierBody(tier, Date.parse(now))).toMatchObject({
      rules: [{ evidence: { good_for_days: 30, stale: isStale } }],
    });
  });

  it("is none without days that it is good for", () => {
    expect(plain(tierLines(freeTier, 100, Date.parse("2999-01-01")))).not.toContain("stale");
  });
});

it("is snake_case as JSON", () => {
  const text = JSON.stringify(tierBody(freeTier, NOW));
  expect(JSON.parse(text)).toMatchObject({
    object: "tier",
    name: "free",
    unit: { name: "API tokens", field: "api_tokens" },
  });
  expect(text).toContain('"metric":"api_tokens"');
  const meters = ["requests", "credits", "tokens", "inputTokens", "outputTokens"] as const;
  const rules = meters.map((meter) => ({ ...playgroundTier.rules.find(({ kind }) => kind === "window"), meter }));
  expect(tierBody({ ...freeTier, rules: rules as Rule[] }, NOW)).toMatchObject({
    rules: ["requests", "api_tokens", "tokens", "input_tokens", "output_tokens"].map((metric) => ({ metric })),
  });
  expect(text).toContain('"on_excess":"adjust"');
  expect(text).not.toMatch(/"[a-z_]+[A-Z]\w*":/);
});

describe("laplas tier", () => {
  const own = {
    name: "own",
    title: "Own tier",
    extends: "free",
    rules: [{ id: "requests", kind: "window", meter: "requests", limit: 7, period: { type: "hour" }, evidence }],
  };
  const provider = {
    id: "mine",
    title: "Mine",
    baseURL: "https://mine.test/{account}/v1",
    variables: { account: "MINE_ACCOUNT" },
    keyVariable: "MINE_KEY",
    tiers: [
      { ...own, extends: undefined, name: "small", title: "Small" },
      { name: "large", title: "Large", extends: "small", rules: [] },
    ],
  };

  it("prints the rules with their evidence", async () => {
    const shell = await openShell();
    const { stdout } = await shell.run(["tier", "--tier", "playground"]);
    expect(stdout).toMatch(/daily_requests\n {4}10 requests per model per day.*\n {4}assumed, 2025-04-16\. /);
    expect((await shell.run(["tier", "playground"])).stdout).toBe(stdout);
    expect(await shell.json(["tier"])).toMatchObject({
      object: "tier",
      name: "free",
      rules: expect.arrayContaining([expect.objectContaining({ id: "output_tokens", on_excess: "adjust" })]),
    });
  });

  it("prints a document of one's own, from the argument, the option, a variable and the configuration", async () => {
    const shell = await openShell();
    shell.write("own.json", JSON.stringify(own));
    const { stdout } = await shell.run(["tier", "own.json"]);
    expect(stdout).toMatch(/^Own tier \(own\): 9 rules, 6 published, 3 assumed/);
    expect(stdout).toMatch(
      / {2}requests\n {4}7 requests per clock hour, all calls together\.\n {4}assumed, 2026-01-01\. here/,
    );
    expect((await shell.run(["tier", "--tier", "./own.json"])).stdout).toBe(stdout);
    expect((await shell.run(["tier"], { environment: { LAPLAS_TIER: "own.json" } })).stdout).toBe(stdout);
    mkdirSync(join(shell.folder, "settings"));
    shell.write("settings/near.json", JSON.stringify(own));
    shell.write("settings/laplas.json", JSON.stringify({ tier: "./near.json" }));
    expect((await shell.run(["tier", "--config", "settings/laplas.json"])).stdout).toBe(stdout);
  });

  it("prints each tier of a provider's document, without what it would need to call it", async () => {
    const shell = await openShell();
    shell.write("provider.json", JSON.stringify(provider));
    const { stdout, code } = await shell.run(["tier", "provider.json"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Small \(small\): 1 rule[\s\S]*\n\nLarge \(large\): 1 rule/);
    const lines = (await shell.run(["tier", "provider.json", "--json"])).stdout.trim().split("\n");
    expect(lines.map((line) => (JSON.parse(line) as { name: string }).name)).toEqual(["small", "large"]);
  });

  test.each<[string, unknown, RegExp]>([
    [
      "a tier",
      { ...own, rules: [{ ...own.rules[0], limit: -1 }] },
      /The file ".*wrong\.json" is not a valid tier document:\s+rules\[0\]\.limit must be at least 0\./,
    ],
    [
      "a provider",
      { ...provider, tiers: [{ ...own, extends: "none" }] },
      /The provider document "mine" is not valid:\s+tiers\[0\]\.extends is "none", but must be one of own\./,
    ],
    ["nothing that is JSON", "{", /The argument names the file ".*wrong\.json", which is not valid JSON\./],
  ])("says what is wrong with a file that holds %s", async (_, content, message) => {
    const shell = await openShell();
    shell.write("wrong.json", typeof content === "string" ? content : JSON.stringify(content));
    const { stderr, code } = await shell.run(["tier", "wrong.json"]);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(message);
  });

  it("reads a document of the first edition, with one warning", async () => {
    const shell = await openShell();
    const { meter: _, ...rest } = { ...own.rules[0], metric: "requests", per: "model" };
    shell.write("old.json", JSON.stringify({ ...own, rules: [rest] }));
    const { stdout, stderr } = await shell.run(["tier", "old.json"]);
    expect(stdout).toContain("7 requests per model per clock hour.");
    expect(stderr.match(/words of the first edition/g)).toHaveLength(1);
    expect(stderr).toContain('"meter": "requests"');
  });

  it("takes one tier", async () => {
    const shell = await openShell();
    const { stderr, code } = await shell.run(["tier", "free", "--tier", "paid"]);
    expect([code === 0, stderr]).toEqual([false, expect.stringContaining('Name one tier: "free", or that of --tier.')]);
    expect((await shell.run(["tier", "pro"])).stderr).toMatch(
      /but must be one of free, playground, paid, a file that ends in/,
    );
  });
});

describe("a tier that is none", () => {
  test.each([
    [["tier", "fre"], /The argument is "fre", but must be one of free, playground, paid/],
    [["tier", "./none.json"], /The argument names the file ".*none\.json", which does not exist/],
    [["tier", "--tier", "fre"], /--tier is "fre", but must be one of free, playground, paid/],
    [["tier", "--tier", "./none.json"], /--tier names the file ".*none\.json", which does not exist/],
    [["models", "--sandbox", "--tier", "fre"], /--tier is "fre"/],
    [["serve", "--sandbox", "--tier", "fre"], /--tier is "fre"/],
  ])("is called by the place where it was given: %j", async (args, message) => {
    const shell = await openShell();
    const { code, stderr } = await shell.run(args);
    expect(code).not.toBe(0);
    expect(stderr.replace(/\s+/g, " ")).toMatch(message);
    expect(stderr).not.toContain("LAPLAS_TIER");
  });

  it("of the environment is called by its variable", async () => {
    const shell = await openShell();
    const { stderr } = await shell.run(["tier"], { environment: { LAPLAS_TIER: "fre" } });
    expect(stderr.replace(/\s+/g, " ")).toContain('Option "tier" (LAPLAS_TIER) is "fre"');
  });
});
