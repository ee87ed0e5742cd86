import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { dayOf } from "../../clients/open-gateway.ts";
import { testModelPages } from "./browser-model-tests.ts";
import { packageFolder } from "./install-wheel.ts";
import { type Browser, openBrowser } from "./open-browser.ts";
import { createPages, open, type Stand, say, takePicture, widthOfPicture } from "./pages.ts";

/** Until a browser is up or down on a machine that does other things too. */
const START_MS = 120_000;
const SETTINGS = ["LAPLAS_GATEWAY_URL", "LAPLAS_GATEWAY_TOKEN"];

const exampleOf = async (name: string): Promise<object> =>
  JSON.parse(
    await readFile(
      fileURLToPath(new URL(`../../../packages/langflow/src/lfx_laplas/flows/${name}.json`, import.meta.url)),
      "utf8",
    ),
  );

/** What a person sees and does on Langflow's pages. */
export function testBrowser(command: string, stand: () => Stand): void {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser(command);
  }, START_MS);
  afterAll(() => browser?.close(), START_MS);
  const pages = createPages(() => browser, stand);
  const { openFlow, openSettings } = pages;

  it("keep the provider's settings, after saying of an address that leads nowhere what to do", async () => {
    const { langflow, stage } = stand();
    await langflow.forget(...SETTINGS);
    const { visits } = await stage.play();
    const page = await openSettings("Laplas");
    const url = page.getByTestId("provider-variable-input-LAPLAS_GATEWAY_URL");
    const save = async (value: string): Promise<void> => {
      await url.fill(value);
      await page.getByTestId("provider-save-button").click();
    };
    await open(page.getByText("Start it with: npx laplas serve").first(), () => save("http://127.0.0.2:9"));
    await takePicture(page, "settings that lead nowhere");
    // A person who has not started it yet reads how, and which address that gives.
    const form = page.getByTestId("provider-variable-label-LAPLAS_GATEWAY_URL").or(page.getByText(/^Gateway URL/));
    expect(await form.first().textContent()).toMatch(/http:\/\/127\.0\.0\.1:4114 .*npx laplas serve/);
    await open(page.getByText("'htp:/' is not a web address").first(), () => save("htp:/"));
    const website = await openWebsite();
    await open(page.getByText(/Another program or a proxy answers at .* not the laplas gateway/).first(), () =>
      save(website),
    );
    await takePicture(page, "settings of another program");
    await open(page.getByTestId("provider-disconnect-button"), () => save(stage.url));
    await takePicture(page, "settings");
    expect(visits.map(({ path }) => path)).toContain("/v1/models");
    const { body } = await langflow.ask<{ name: string; value: string }[]>("GET", "/api/v1/variables/");
    expect(body.find(({ name }) => name === "LAPLAS_GATEWAY_URL")).toMatchObject({ value: stage.url });
  });

  it("have the four components in the palette; one put onto the canvas lists the gateway's models", async () => {
    await stand().stage.play({ laplas: { models: [{ id: "my-own", modality: "image" }] } });
    const page = await openFlow(await exampleOf("chat"));
    const field = page.getByTestId("sidebar-search-input");
    if (!(await field.isVisible())) await page.getByTestId("sidebar-nav-components").click();
    const buttons = page.locator('[data-testid^="add-component-button-laplas-"]');
    // Those of the package, then those of the one file.
    await expect
      .poll(async () => {
        // Again each time: what is typed while the page still loads is lost.
        await field.fill("laplas");
        return await buttons.count();
      })
      .toBe(8);
    const names = await buttons.evaluateAll((found) => found.map((button) => button.getAttribute("data-testid")));
    const expected = ["chat", "embeddings", "image", "tier-status"].map(
      (name) => `add-component-button-laplas-${name}`,
    );
    expect(names).toEqual([...expected, ...expected]);
    await takePicture(page, "palette");
    const node = page.locator(".react-flow__node").filter({ hasText: "Laplas Image" }).first();
    // It shows while the pointer is over its row, and a pointer may miss it while the list moves.
    const add = page.getByTestId("add-component-button-laplas-image").first();
    await open(node, () => add.dispatchEvent("click"));
    const dropdown = node.getByTestId("dropdown_str_model_name");
    await open(page.getByText("Refresh list"), () => dropdown.click());
    await page.getByText("Refresh list").click();
    const option = page.getByTestId(/^my-own-\d+-option$/);
    await open(option, () => dropdown.click());
    await takePicture(page, "dropdown of Laplas Image");
  });

  testModelPages(pages);

  it("say of a model that the tier lacks what is wrong, in the note itself", async () => {
    const { stage, flows } = stand();
    const { posts } = await stage.play();
    const page = await openFlow(flows.chat(flows.own("LaplasChatComponent"), { model_name: "gpt-4o-mni" }));
    await say(page, "Hello");
    const note = page.locator(".error-build-message").first();
    await note.getByText(/gpt-4o-mni/).waitFor();
    // All of it is seen: what is wrong, a model like it, where to choose.
    expect(await note.textContent()).toMatch(
      /There is no model "gpt-4o-mni"\. Choose one in this node\. Did you mean gpt-4o-mini\b.*\?$/,
    );
    expect(await note.textContent()).not.toMatch(/Fatal|do not retry/i);
    await takePicture(page, "unknown model");
    expect(posts()).toHaveLength(1);
  });

  it("show the picture that an agent's tool drew", async () => {
    const { posts } = await stand().stage.play();
    const page = await openFlow(await exampleOf("agent-with-image-tool"));
    await takePicture(page, "canvas");
    await say(page, "Draw a red boat on the sea");
    expect(await widthOfPicture(page, "http")).toBeGreaterThan(0);
    // Nothing below it, such as the full stop of a sentence that it would end.
    await expect.poll(() => page.getByTestId("div-chat-message").last().textContent()).not.toMatch(/\.\s*$/);
    await takePicture(page, "chat");
    expect(posts().map(({ path }) => path)).toEqual([
      "/v1/chat/completions",
      "/v1/images/generations",
      "/v1/chat/completions",
    ]);
  });

  it("say what became of a spent day, in the error's own words", async () => {
    const { laplas, posts } = await stand().stage.play({ laplas: { tier: dayOf(16) } });
    await laplas.chat({ model: "gpt-4o-mini", messages: [{ role: "user", content: "Hello" }] });
    const page = await openFlow(await exampleOf("chat"));
    await say(page, "Hello");
    // The note has three lines, of which the first says what to do.
    const note = page.locator(".error-build-message").first();
    await note.getByText(/Daily budget used up\. Back at 00:00 UTC \(in 12 h\)\./).waitFor();
    await takePicture(page, "error");
    expect(await note.textContent()).not.toMatch(/Fatal|2026-|rule daily_api_tokens.*rule/);
    // The chat keeps all of it.
    await page.getByText("An error occurred").click();
    await page
      .getByTestId("error-card")
      .getByText(/Daily budget used up\. .*quota used up .*rule daily_api_tokens/)
      .waitFor();
    await takePicture(page, "error unfolded");
    expect(posts()).toHaveLength(1);
  });

  it("take the component that is pasted into a Custom Component by hand", async () => {
    const { stage } = stand();
    const { posts } = await stage.play();
    const page = await openFlow(await exampleOf("chat"));
    await page.getByTestId("sidebar-custom-component-button").click();
    const node = page.locator(".react-flow__node").filter({ hasText: "Custom Component" }).first();
    await node.click();
    await open(page.locator(".ace_content").first(), () => page.getByTestId("code-button-modal").last().click());
    await page.locator(".ace_content").first().click();
    await page.keyboard.press("ControlOrMeta+A");
    await page.keyboard.insertText(await readFile(join(packageFolder, "paste", "laplas_chat.py"), "utf8"));
    await takePicture(page, "code editor");
    await page.getByTestId("checkAndSaveBtn").click();
    const pasted = page.locator(".react-flow__node").filter({ hasText: "Gateway URL" }).first();
    await pasted.waitFor();
    await takePicture(page, "pasted");
    await pasted.getByTestId("popover-anchor-input-gateway_url").fill(stage.url);
    await pasted.getByTestId(/^button_run_/).click();
    await expect.poll(() => posts().map(({ path, status }) => [path, status])).toEqual([["/v1/chat/completions", 200]]);
    await takePicture(page, "pasted and run");
  });

  it("show a picture that came as data, through the one file", async () => {
    const { stage, flows } = stand();
    const { posts } = await stage.play();
    const draws = flows.entryOf("ext:laplas_file:LaplasImageComponent@extra");
    const page = await openFlow(flows.draw(draws, { model_name: "imagen-3.0-generate-002" }));
    // The canvas would take a wire away that it thinks wrong.
    await expect.poll(() => page.locator(".react-flow__edge").count()).toBe(3);
    await say(page, "a red boat");
    // The gateway gave it an address of its own.
    expect(await widthOfPicture(page, stage.url)).toBeGreaterThan(0);
    await takePicture(page, "one file");
    expect(await page.getByText("Some connections were removed").count()).toBe(0);
    expect(posts()).toHaveLength(1);
  });
}

/** A server of somebody else's, which answers with a page whatever it is asked. @returns its address */
async function openWebsite(): Promise<string> {
  const server = createServer((_request, response) => {
    response.setHeader("content-type", "text/html").end("<html>It works!</html>");
  });
  await once(server.listen(0, "127.0.0.2"), "listening");
  onTestFinished(() => new Promise((resolve) => server.close(() => resolve())));
  return `http://127.0.0.2:${(server.address() as AddressInfo).port}`;
}
