import { documents } from "@laplas/providers";
import { expect, it } from "vitest";
import { openShell } from "../testing/open-shell.js";

it("lists every provider, laplas first, with what a day holds, how old that is, and terms", async () => {
  const shell = await openShell();
  const { object, data } = (await shell.json(["providers", "list"])) as { object: string; data: { id: string }[] };
  expect(object).toBe("list");
  expect(data.map(({ id }) => id)).toEqual(["laplas", ...documents.map(({ id }) => id)]);
  expect(data.find(({ id }) => id === "openrouter")).toEqual({
    object: "provider",
    id: "openrouter",
    title: "OpenRouter",
    base_url: "https://openrouter.ai/api/v1",
    key_variable: "OPENROUTER_API_KEY",
    variables: {},
    tier: "free",
    day: "50 requests",
    evidence: { status: "published", date: expect.stringMatching(/^2026-/), stale: expect.any(Boolean) },
    terms: { training: "yes", production: "unknown", several_keys: "unknown" },
  });
  const { stdout } = await shell.run(["providers"]);
  expect(stdout).toMatch(
    /^openrouter +50 requests +published 2026-\d\d-\d\d.* may train on prompts +OPENROUTER_API_KEY$/m,
  );
  expect(stdout).toMatch(/^local .* does not train on prompts +no key$/m);
});

it("looks at no variable, and sends nothing", async () => {
  const shell = await openShell();
  const without = await shell.run(["providers", "list"]);
  const names = documents.flatMap(({ keyVariable }) => (keyVariable === undefined ? [] : [keyVariable]));
  const environment = Object.fromEntries(names.map((name) => [name, "a-key-of-somebody"]));
  expect(await shell.run(["providers", "list"], { environment })).toEqual(without);
  expect(shell.sandbox.counts().received).toBe(0);
});

it("shows all rules of one, with their sources, and its terms", async () => {
  const shell = await openShell();
  const { stdout } = await shell.run(["providers", "show", "cloudflare"]);
  expect(stdout).toMatch(/^Cloudflare Workers AI \(cloudflare\)/);
  expect(stdout).toContain("{account}   in CLOUDFLARE_ACCOUNT_ID");
  expect(stdout).toMatch(/neurons_a_day\n +10,000 neurons per day[\s\S]*published, 2026-\d\d-\d\d/);
  expect(await shell.json(["providers", "show", "openrouter"])).toMatchObject({
    tiers: [{ name: "free" }, { name: "free-with-credits" }],
    terms: { training: "yes" },
  });
  expect((await shell.run(["providers", "show", "laplas"])).stdout).toContain("laplas Playground (playground)");
});

it("shows a document of one's own, and names those that there are", async () => {
  const shell = await openShell();
  const own = { id: "acme", title: "Acme", baseURL: "https://acme.invalid/{team}", variables: { team: "ACME_TEAM" } };
  shell.write("acme.json", JSON.stringify({ ...own, tiers: [{ name: "one", title: "One", rules: [] }] }));
  expect((await shell.run(["providers", "show", "./acme.json"])).stdout).toContain("{team}      in ACME_TEAM");
  const { code, stderr } = await shell.run(["providers", "show", "grok"]);
  expect(code).toBe(2);
  expect(stderr).toContain('There is no provider "grok". There are laplas, groq,');
});
