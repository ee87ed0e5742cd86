/**
 * The pictures of the Langflow package's README: an example flow on the canvas of a real Langflow, and what its agent drew, in the
 * chat. Needs Debian's Chromium.
 *
 *   node scripts/run.mjs scripts/langflow-pictures.ts
 */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createLaplas } from "../packages/core/dist/index.js";
import { createGateway, listen } from "../packages/gateway/dist/index.js";
import { createSandbox } from "../packages/sandbox/dist/index.js";
import { findChromium } from "../test/find-chromium.ts";
import { installWheel, packageFolder } from "../test/hosts/langflow/install-wheel.ts";
import { openBrowser } from "../test/hosts/langflow/open-browser.ts";
import { openLangflow } from "../test/hosts/langflow/open-langflow.ts";
import { openPython } from "../test/hosts/python.ts";

const run = promisify(execFile);
const EXAMPLE = fileURLToPath(
  new URL("../packages/langflow/src/lfx_laplas/flows/agent-with-image-tool.json", import.meta.url),
);
const ICONS_ARE_THERE = "document.querySelectorAll('.animate-pulse').length === 0";
const IS_DRAWN = "[...document.images].some((image) => image.src.endsWith('.png') && image.naturalWidth > 0)";
/** Enough for the canvas, and a third of the bytes; a picture would suffer. */
const IN_256_COLOURS = `import sys
from PIL import Image
Image.open(sys.argv[1]).convert("RGB").quantize(256, dither=Image.Dither.NONE).save(sys.argv[1], optimize=True)`;

const chromium = findChromium("Langflow's");
const python = await openPython("langflow-server");
if (chromium === undefined || python === undefined) process.exit(1);

const sandbox = await createSandbox();
const laplas = createLaplas({ apiKey: "none", baseURL: sandbox.baseURL, ledger: "memory" });
// Langflow in a container rewrites 127.0.0.1 in the addresses of providers.
const gateway = await listen(createGateway({ laplas }), { host: "127.0.0.2", port: 0 });
const installed = await installWheel(python);
const langflow = await openLangflow(installed.command);
const browser = await openBrowser(chromium, { viewport: { width: 1180, height: 860 }, deviceScaleFactor: 1.5 });
try {
  await langflow.save("LAPLAS_GATEWAY_URL", gateway.url);
  const id = await langflow.keep(JSON.parse(await readFile(EXAMPLE, "utf8")));
  const page = await browser.context.newPage();
  const take = async (name: string): Promise<string> => {
    const path = `${packageFolder}/docs/${name}.png`;
    await page.waitForFunction(ICONS_ARE_THERE);
    await page.screenshot({ path, animations: "disabled" });
    return path;
  };
  await page.goto(`${langflow.url}/flow/${id}`);
  await page.getByTestId("playground-btn-flow-io").waitFor();
  await page.getByTestId("disclosure-laplas").click();
  // Langflow 1.13.0 sometimes calls a toolset "Message" instead, whichever of its own requests ends last: run it again.
  await page.getByText("Toolset").waitFor();
  await run(python.command, ["-c", IN_256_COLOURS, await take("canvas")]);
  await page.getByTestId("playground-btn-flow-io").click();
  await page.getByTestId("input-chat-playground").last().fill("Draw a red boat on the sea");
  await page.getByTestId("button-send").last().click();
  await page.waitForFunction(IS_DRAWN);
  await page.setViewportSize({ width: 1180, height: 1080 });
  // Away from the message, which shows buttons under the pointer.
  await page.mouse.move(120, 600);
  await take("chat");
} finally {
  await browser.close();
  await langflow.close();
  await installed.remove();
  await gateway.close(0);
  await laplas.close();
  await sandbox.close();
}
