import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, type BrowserContextOptions, chromium } from "playwright-core";
import { CHROMIUM_FLAGS } from "../../find-chromium.ts";

/** A browser without a past. */
export interface Browser {
  readonly context: BrowserContext;
  close(): Promise<void>;
}

export async function openBrowser(
  executablePath: string,
  options: Pick<BrowserContextOptions, "viewport" | "deviceScaleFactor"> = {},
): Promise<Browser> {
  const folder = await mkdtemp(join(tmpdir(), "laplas-chromium-"));
  const context = await chromium.launchPersistentContext(folder, {
    executablePath,
    headless: true,
    viewport: { width: 1280, height: 800 },
    ...options,
    args: CHROMIUM_FLAGS,
  });
  // Langflow's pages take their time on a busy machine.
  context.setDefaultTimeout(180_000);
  return {
    context,
    async close() {
      await context.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
