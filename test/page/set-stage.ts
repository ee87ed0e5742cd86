import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLaplas, type Laplas, type LaplasOptions } from "@laplas/core";
import { createGateway, type GatewayOptions, type GatewayServer, listen } from "@laplas/gateway";
import { createSandbox, type Sandbox, type SandboxOptions } from "@laplas/sandbox";
import axe from "axe-core";
import { type Browser, type BrowserContextOptions, chromium, type Locator, type Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished, vi } from "vitest";
import { CHROMIUM_FLAGS, findChromium } from "../find-chromium.ts";

/** The gateway's page, in Debian's Chromium: a real browser, a real socket, the sandbox behind it. */

export const CHROMIUM: string | undefined = findChromium("the gateway's");
/** A slow machine waits, a wrong page tells. */
const PATIENCE_MS = 60_000;
vi.setConfig({ testTimeout: 3 * PATIENCE_MS });
/** Far from a day's end, in whose last minute a spent day is a wait. The engine and the page follow the sandbox's clock. */
const NOON = Date.parse("2026-03-10T12:00:00.000Z");
export const TOKEN = "token-of-notebook-5b1c";

let browser: Browser;
beforeAll(async () => {
  if (CHROMIUM !== undefined) browser = await chromium.launch({ executablePath: CHROMIUM, args: CHROMIUM_FLAGS });
});
afterAll(() => browser?.close());

export interface Stage {
  readonly sandbox: Sandbox;
  readonly laplas: Laplas;
  readonly playground: Laplas;
  /** Spends the day, so that nothing is left of it. */
  spend(): Promise<void>;
  readonly server: GatewayServer;
  /** A call from another program. */
  call(path: string, body: object): Promise<Response>;
  /** Opens a page, which fails the test if it complains or asks another host for anything. */
  open(hash?: string, options?: BrowserContextOptions & { mayComplain?: boolean }): Promise<Page>;
}

export async function setStage(
  gateway: Partial<GatewayOptions> = {},
  sandboxOptions: SandboxOptions = {},
  { port = 0, ...more }: Partial<LaplasOptions> & { port?: number } = {},
): Promise<Stage> {
  const sandbox = await createSandbox({ clock: { start: NOON }, ...sandboxOptions });
  const folder = await mkdtemp(join(tmpdir(), "laplas-page-"));
  const engine = {
    apiKey: "key-of-the-page",
    baseURL: sandbox.baseURL,
    ledger: `sqlite:${join(folder, "ledger.sqlite")}` as const,
    now: () => sandbox.clock.now(),
    ...more,
  };
  const laplas = createLaplas(engine);
  const playground = createLaplas({ ...engine, tier: "playground" });
  const made = createGateway({ laplas, playground, now: engine.now, ...gateway });
  const server = await listen(made, { port });
  onTestFinished(async () => {
    await server.close(0);
    made.close();
    await playground.close();
    await laplas.close();
    await sandbox.close();
    await rm(folder, { recursive: true, force: true });
  });
  return {
    sandbox,
    laplas,
    playground,
    server,
    async spend() {
      for (let index = 0; index < 29; index += 1) await laplas.chat(chat("Hello", { model: "gpt-4" }) as never);
    },
    call: (path, body) =>
      fetch(`${server.baseURL}${path}`, {
        method: "POST",
        headers: { authorization: `Bearer ${gateway.clients?.[0]?.token ?? "any"}` },
        body: JSON.stringify(body),
      }),
    open: async (hash = "", options = {}) => openPage(`${server.url}/${hash}`, options),
  };
}

export async function openPage(
  url: string,
  { mayComplain = false, ...options }: BrowserContextOptions & { mayComplain?: boolean } = {},
): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => {
    if (new URL(request.url()).host !== new URL(url).host) complaints.push(`asked ${request.url()}`);
  });
  onTestFinished(async () => {
    await context.close();
    if (!mayComplain) expect(complaints).toEqual([]);
  });
  await page.goto(url);
  return page;
}

export function chat(content: string, more: object = {}): object {
  return { model: "gpt-4o-mini", messages: [{ role: "user", content }], ...more };
}

export async function textOf(locator: Locator): Promise<string> {
  return (await locator.textContent()) ?? "";
}

const PICTURE = { type: "image_url", image_url: { url: "https://example.com/a.png" } };
/** A request that the tier refuses. */
export const WITH_PICTURE = { model: "gpt-4o", messages: [{ role: "user", content: [PICTURE] }] };

/** What axe finds serious or critical. */
export async function seriousTroubles(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { passes, violations } = await page.evaluate(async () => {
    const { axe: run } = globalThis as unknown as { axe: typeof axe };
    const found = await run.run();
    return {
      passes: found.passes.length,
      violations: found.violations.map(({ id, impact, nodes }) => ({
        id,
        impact,
        where: nodes.map(({ target }) => String(target)),
      })),
    };
  });
  // One that looks at nothing finds nothing.
  expect(passes).toBeGreaterThan(15);
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, where }) => `${id} at ${where.join(", ")}`);
}

/** Chooses a model of the playground, as with a keyboard. */
export async function chooseModel(page: Page, search: string): Promise<void> {
  await page.getByRole("button", { name: /^Model: / }).press("Enter");
  await page.getByRole("combobox", { name: "Search the models" }).fill(search);
  await page.keyboard.press("Enter");
}

/** Pixels by which a page is wider than its window. */
export function overflowOf(page: Page): Promise<number> {
  return page.evaluate(() => {
    const root = (globalThis as unknown as { document: { documentElement: Record<string, number> } }).document;
    return (root.documentElement.scrollWidth ?? 0) - (root.documentElement.clientWidth ?? 0);
  });
}
