import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Locator, Page } from "playwright-core";
import { onTestFinished } from "vitest";
import type { Flows } from "./flows.ts";
import type { Browser } from "./open-browser.ts";
import type { Langflow } from "./open-langflow.ts";
import type { Stage } from "./open-stage.ts";

/** What the tests of the server have open. */
export interface Stand {
  readonly langflow: Langflow;
  readonly stage: Stage;
  readonly flows: Flows;
}

/** Langflow's pages, each closed when its test is over. */
export interface Pages {
  stand(): Stand;
  /** The form of a model provider. */
  openSettings(provider: string): Promise<Page>;
  /** The canvas of a flow, with the gateway of the stage in the settings. */
  openFlow(flow: object): Promise<Page>;
}

/** A folder that gets pictures of what the tests saw, for people to look at. */
const PICTURES = process.env.LAPLAS_PICTURES;

export function createPages(browser: () => Browser, stand: () => Stand): Pages {
  async function openPage(path: string): Promise<Page> {
    const page = await browser().context.newPage();
    onTestFinished(async ({ task }) => {
      if (task.result?.state === "fail") await takePicture(page, `failed ${task.name.replaceAll(/\W+/g, " ")}`);
      await page.close();
    });
    // Until it has all it asks for: what comes later draws the page anew, and forgets what was typed or opened.
    await page.goto(`${stand().langflow.url}${path}`, { waitUntil: "networkidle", timeout: 180_000 });
    return page;
  }

  return {
    stand,
    async openSettings(provider) {
      const page = await openPage("/settings/model-providers");
      await page.getByTestId("provider-search-input").fill(provider);
      await page.getByTestId(`provider-item-${provider}`).click();
      return page;
    },
    async openFlow(flow) {
      const { langflow, stage } = stand();
      await langflow.save("LAPLAS_GATEWAY_URL", stage.url);
      const page = await openPage(`/flow/${await langflow.keep(flow)}`);
      await page.getByTestId("playground-btn-flow-io").waitFor();
      return page;
    },
  };
}

/** Does what shows a thing, and again while it does not come: a page that still loads draws anew, and forgets a click. */
export async function open(thing: Locator, act: () => Promise<void>): Promise<void> {
  for (;;) {
    await act();
    const came = thing.waitFor({ timeout: 20_000 }).then(() => true);
    if (await came.catch(() => false)) return;
    // What is open without it, such as an older list.
    await thing.page().keyboard.press("Escape");
  }
}

/** Chooses a model by hand, in the picker of a node where the flow has several. */
export async function choose(page: Page, provider: string, model: string, node: Page | Locator = page): Promise<void> {
  const option = page.getByTestId(`${provider}-${model}-option`);
  await open(node.getByTestId("value-dropdown-model_model").getByText(model), async () => {
    await open(option, () => node.getByTestId("model_model").click());
    await takePicture(page, `dropdown of ${provider} with ${model.replaceAll("/", " ")}`);
    await option.click();
  });
}

/** A node of the canvas, by its title. */
export function nodeOf(page: Page, title: string): Locator {
  return page.locator(".react-flow__node").filter({ hasText: title }).first();
}

/** Asks in the Playground. */
export async function say(page: Page, text: string): Promise<void> {
  // There are two, of which the first is hidden.
  const input = page.getByTestId("input-chat-playground").last();
  await open(input, () => page.getByTestId("playground-btn-flow-io").click());
  await input.fill(text);
  await page.getByTestId("button-send").last().click();
}

/** Waits until the chat has loaded a picture from there. */
export async function widthOfPicture(page: Page, url: string): Promise<number> {
  const shown = page.locator(`img[src^="${url}"][src$=".png"]`).first();
  await shown.waitFor();
  // As text: this project's types know no page.
  const loaded = await page.waitForFunction(`(${WIDTH})(${JSON.stringify(await shown.getAttribute("src"))})`);
  return Number(await loaded.jsonValue());
}

const WIDTH = "(src) => [...document.images].find((image) => image.src === src && image.complete)?.naturalWidth";

/** Keeps what the page looks like, where somebody asked for it. */
export async function takePicture(page: Page, name: string): Promise<void> {
  if (PICTURES === undefined) return;
  await mkdir(PICTURES, { recursive: true });
  // Icons load late, and grey squares stand for them until then.
  await page.waitForFunction("document.querySelectorAll('.animate-pulse').length === 0").catch(() => undefined);
  await page.screenshot({ path: join(PICTURES, `${name}.png`), animations: "disabled" });
}
