import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEngine } from "@laplas/core";
import { createGateway, listen } from "@laplas/gateway";
import { cloudflare, groq, openrouter } from "@laplas/providers";
import { createSandbox, type PresetSandbox } from "@laplas/sandbox";
import type { Page } from "playwright-core";
import { describe, expect, it, onTestFinished } from "vitest";
import { CHROMIUM, openPage, overflowOf, seriousTroubles } from "./set-stage.ts";

interface PoolStage {
  readonly presets: readonly [PresetSandbox, PresetSandbox, PresetSandbox];
  ask(model: string, content: string): Promise<Response>;
  open(hash?: string, options?: Parameters<typeof openPage>[1]): Promise<Page>;
}

async function setPoolStage(): Promise<PoolStage> {
  const presets = [
    await createSandbox({ preset: "groq" }),
    await createSandbox({ preset: "openrouter" }),
    await createSandbox({ preset: "cloudflare" }),
  ] as const;
  const folder = await mkdtemp(join(tmpdir(), "laplas-page-pool-"));
  const settings = (index: 0 | 1 | 2) => ({ apiKey: "any", baseURL: presets[index].baseURL });
  const laplas = createEngine({
    providers: [groq(settings(0)), openrouter(settings(1)), cloudflare(settings(2))],
    ledger: `sqlite:${join(folder, "ledger.sqlite")}`,
    environment: { HOME: folder, XDG_STATE_HOME: folder },
  });
  const gateway = createGateway({ laplas, playground: laplas });
  const server = await listen(gateway, { port: 0 });
  onTestFinished(async () => {
    await server.close(0);
    gateway.close();
    await laplas.close();
    await Promise.all(presets.map((one) => one.close()));
    await rm(folder, { recursive: true, force: true });
  });
  return {
    presets,
    ask: (model, content) =>
      fetch(`${server.baseURL}/chat/completions`, {
        method: "POST",
        body: JSON.stringify({ model, messages: [{ role: "user", content }] }),
      }),
    open: (hash = "", options = {}) => openPage(`${server.url}/${hash}`, options),
  };
}

describe.skipIf(CHROMIUM === undefined)("the page of several providers", () => {
  it("shows what is left at each, how sure that is, and which can't be asked", async () => {
    const { presets, ask, open } = await setPoolStage();
    expect((await ask("groq/openai/gpt-oss-120b", "Hello")).status).toBe(200);
    expect((await ask("cloudflare/@cf/openai/gpt-oss-120b", "Hello")).status).toBe(200);
    const page = await open();
    await page.getByRole("heading", { name: "3 of 3 providers can be asked now" }).waitFor();
    const of = (id: string) => page.locator(`[data-provider="${id}"]`);
    await of("groq").getByText("openai/gpt-oss-120b").waitFor();
    await of("groq").getByRole("meter").waitFor();
    expect(await of("groq").textContent()).toMatch(/tokens left now.*published 2026-\d\d-\d\d/);
    expect(await of("openrouter").textContent()).toMatch(/50 of 50 requests left today/);
    expect(await of("cloudflare").textContent()).toMatch(/9,9\d\d of 10,000 neurons left today.*resets in/);
    await page.locator("#calls").getByText("cloudflare/@cf/openai/gpt-oss-120b").waitFor();
    expect(await page.locator("#calls").textContent()).toMatch(/\b1 neuron(?!s)[\s\S]*\d+ tokens/);
    await page.getByRole("heading", { name: "Calls of the last 24 hours" }).waitFor();
    await page.getByText("Cloudflare Workers AI: 10,000 neurons a day").waitFor();

    presets[1].fault({ kind: "paymentRequired" });
    expect((await ask("openrouter/openai/gpt-oss-120b:free", "Hello")).status).toBe(402);
    await of("openrouter").getByText("payment required").waitFor();
    await page.getByRole("heading", { name: "2 of 3 providers can be asked now" }).waitFor();
    expect(await page.title()).toBe("2 of 3 providers · laplas");
  });

  it("lists models by provider with costs in its own unit, and plays with any of them", async () => {
    const { ask, open } = await setPoolStage();
    await ask("groq/openai/gpt-oss-120b", "Hello");
    const page = await open("#models");
    await page.getByRole("columnheader", { name: "Cost a call" }).waitFor();
    const row = page.locator('[data-model="cloudflare/@cf/openai/gpt-oss-120b"]');
    expect(await row.textContent()).toMatch(/\d+ neurons/);
    await row.getByRole("button", { name: /^Try/ }).click();
    expect(await page.locator("#playground-limits").textContent()).toBe(
      "Each model has the limits of its provider, which the overview lists. Calls made here count like those of the API",
    );
    await page.locator("#chat-text").fill("Hello");
    await page.getByRole("button", { name: "Send" }).click();
    await page
      .locator(".turn.theirs small")
      .getByText(/cloudflare\/@cf\/openai\/gpt-oss-120b · \d+ neurons?/)
      .waitFor();
  });

  it("is fit for everyone, wide and narrow", async () => {
    const { ask, open } = await setPoolStage();
    await ask("groq/openai/gpt-oss-120b", "Hello");
    for (const [colorScheme, width] of [
      ["light", 1_280],
      ["dark", 375],
    ] as const) {
      const page = await open("", { colorScheme, viewport: { width, height: 900 } });
      await page.getByRole("heading", { name: "3 of 3 providers" }).waitFor();
      await page.locator('[data-provider="groq"]').getByRole("meter").waitFor();
      expect(await seriousTroubles(page)).toEqual([]);
      expect(await overflowOf(page)).toBe(0);
      const shots = process.env.LAPLAS_SHOTS;
      if (shots !== undefined) await page.screenshot({ path: join(shots, `pool-${width}.png`), fullPage: true });
    }
  });
});
