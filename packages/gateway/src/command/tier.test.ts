import { freeTier, paidTier, playgroundTier, type Rule } from "@laplas/core";
import { expect, it } from "vitest";
import { openShell } from "../testing/open-shell.js";
import { plain } from "../testing/plain.js";
import { describeRule, tierBody, tierLines } from "./tier.js";

it("tells every rule of the built-in tiers in words, with its evidence", () => {
  const text = plain(tierLines(playgroundTier, 100));
  for (const { id, evidence } of playgroundTier.rules) {
    expect(text).toContain(`  ${id}\n`);
    expect(text).toContain(`${evidence.status}, ${evidence.date}.`);
  }
  expect(text).toMatch(/10 requests for each regular model a day, which begins at 0:00 UTC\./);
  expect(
    Math.max(
      ...text
        .split("\n")
        .slice(1)
        .map((line) => line.length),
    ),
  ).toBeLessThanOrEqual(100);
  expect(plain(tierLines(paidTier, 100))).toBe("laplas paid plan (paid): no rules, nothing is limited.");
});

it("tells other windows too", () => {
  const evidence = { source: "here", date: "2026-01-01", status: "assumed" } as const;
  const rule = {
    id: "w",
    kind: "window",
    meter: "credits",
    limit: 5,
    scope: "account",
    surface: "both",
    marginMs: 0,
    evidence,
  } as const;
  expect(describeRule({ ...rule, period: { type: "rolling", spanMs: 7_200_000 }, class: "pro" })).toBe(
    "5 API tokens for all pro models in any 2 h; API and Playground count together.",
  );
  expect(describeRule({ ...rule, period: { type: "hour" }, surface: "api" })).toBe(
    "5 API tokens an hour of the clock.",
  );
  const minute = { ...rule, period: { type: "minute" }, surface: "api" } as const;
  expect(describeRule({ ...minute, meter: "requests", countsFailures: true })).toBe(
    "5 requests a minute of the clock, failed ones too.",
  );
  expect(describeRule({ ...minute, meter: "tokens", hold: "asked" })).toBe(
    "5 model tokens a minute of the clock; a call needs room for its longest answer.",
  );
});

it("is snake_case as JSON", () => {
  const text = JSON.stringify(tierBody(freeTier));
  expect(JSON.parse(text)).toMatchObject({ object: "tier", name: "free", pro_models: [] });
  expect(text).toContain('"metric":"api_tokens"');
  const metrics = ["requests", "apiTokens", "tokens", "inputTokens", "outputTokens"] as const;
  const rules = metrics.map((metric) => ({ ...playgroundTier.rules.find(({ kind }) => kind === "window"), metric }));
  expect(tierBody({ ...freeTier, rules: rules as Rule[] })).toMatchObject({
    rules: ["requests", "api_tokens", "tokens", "input_tokens", "output_tokens"].map((metric) => ({ metric })),
  });
  expect(text).toContain('"on_excess":"adjust"');
  expect(text).not.toMatch(/"[a-z_]+[A-Z]\w*":/);
});

it("prints the rules with their evidence", async () => {
  const shell = await openShell();
  const { stdout } = await shell.run(["tier", "--tier", "playground"]);
  expect(stdout).toMatch(/daily_requests\n {4}10 requests for each regular model a day.*\n {4}assumed, 2025-04-16\. /);
  expect(await shell.json(["tier"])).toMatchObject({
    object: "tier",
    name: "free",
    rules: expect.arrayContaining([expect.objectContaining({ id: "output_tokens", on_excess: "adjust" })]),
  });
});
