import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createLaplas } from "@laplas/core";
import { describe, expect, it, onTestFinished } from "vitest";
import { LAPLAS_ONLY, openAcme, shownProgram, shownProvider, shownTier } from "./open-acme.ts";
import { spawnProgram } from "./spawn-laplas.ts";

const hello = (model: string) => ({ model, messages: [{ role: "user", content: "Hello" }] });

describe("the tier of docs/providers.md", () => {
  it("is one: it extends the free tier, and binds the models it names", () => {
    const laplas = createLaplas({ apiKey: "none", ledger: "memory", tier: shownTier });
    onTestFinished(() => laplas.close());
    const ids = laplas.tier.rules.map(({ id }) => id);
    expect(ids).toContain("output_tokens");
    expect(ids.filter((id) => id === "daily_api_tokens")).toHaveLength(1);
    expect(laplas.tier.rules.find(({ id }) => id === "daily_api_tokens")).toMatchObject({ limit: 20_000 });
  });
});

describe("the program of docs/providers.md", () => {
  it("makes a listening gateway of the document beside it", async () => {
    const folder = mkdtempSync(join(tmpdir(), "laplas-acme-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    writeFileSync(join(folder, "acme.json"), JSON.stringify(shownProvider));
    // As in a project that has the packages installed.
    symlinkSync(fileURLToPath(new URL("node_modules", import.meta.url)), join(folder, "node_modules"));
    writeFileSync(join(folder, "acme.mjs"), shownProgram);
    const environment = { ACME_API_KEY: "acme-key", LAPLAS_LEDGER: "memory", PORT: "0" };
    const program = spawnProgram(process.execPath, ["acme.mjs"], { folder, environment });
    const [, baseURL] = await program.until("stdout", /listening on (.*)\n/);
    const models = (await (await fetch(`${baseURL}/models`)).json()) as object;
    expect(models).toMatchObject({ data: [{ id: "acme-large", tier: "acme-free" }, { id: "acme-embed" }] });
  });
});

describe("the provider of docs/providers.md, behind a gateway", () => {
  it("answers, is counted in its own unit, and refuses in its own words", async () => {
    const { ask } = await openAcme();
    const answers = [await ask("/v1/chat/completions", hello("acme-large"))];
    answers.push(await ask("/v1/embeddings", { model: "acme-embed", input: "Hello" }));
    answers.push(await ask("/v1/chat/completions", hello("acme-large")));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    const spent = await ask("/v1/chat/completions", hello("acme-large"));
    expect([spent.status, spent.headers.get("x-laplas-rule")]).toEqual([429, "requests_a_day"]);
    const unknown = await ask("/v1/chat/completions", hello("gpt-4o-mini"));
    expect(unknown.status).toBe(404);
    expect((await unknown.text()).replaceAll("gpt-4o-mini", "")).not.toMatch(LAPLAS_ONLY);
    for (const answer of [...answers, spent]) {
      const told = `${JSON.stringify([...answer.headers])}${await answer.text()}`;
      expect(told).not.toMatch(LAPLAS_ONLY);
    }
  });

  it("is told by every route in its own words: models, quota, calls left, a check, and the events of the page", async () => {
    const { ask } = await openAcme();
    await (await ask("/v1/chat/completions", hello("acme-large"))).text();
    const models = (await (await ask("/v1/models")).json()) as { data: object[] };
    expect(models.data).toMatchObject([
      // A whole request has to fit into the minute.
      { id: "acme-large", created: 0, tier: "acme-free", context_length: 8_000 },
      { id: "acme-embed", context_length: 8_000 },
    ]);
    const reader = (await ask("/v1/events")).body?.getReader();
    const first = new TextDecoder().decode((await reader?.read())?.value);
    await reader?.cancel();
    const { about, calls } = JSON.parse(first.slice(first.indexOf("{"), first.lastIndexOf("}") + 1)) as {
      about: { tier: { rules: { given: string }[] } };
      calls: object[];
    };
    expect(about.tier).toMatchObject({ title: "Acme's free plan", unit: "tokens", metric: "tokens", is_daily: false });
    expect(about.tier.rules.map(({ given }) => given)).toEqual([
      "2 requests a day per model",
      "8,000 tokens per model, refilled over 1 min",
    ]);
    expect(calls).toMatchObject([{ model: "acme-large", tokens: 15 }]);
    const quota = (await (await ask("/v1/quota")).json()) as object;
    expect(quota).toMatchObject({ windows: [], per_model: ["requests_a_day", "tokens_a_minute"] });
    const texts = [first, JSON.stringify(models)];
    for (const path of ["/v1/quota", "/v1/calls-left", "/playground/v1/quota", "/playground/v1/calls-left"]) {
      const response = await ask(path);
      expect(response.status, path).toBe(200);
      texts.push(await response.text());
    }
    texts.push(await (await ask("/v1/check", hello("acme-large"))).text());
    for (const told of texts) expect(told).not.toMatch(LAPLAS_ONLY);
  });
});
