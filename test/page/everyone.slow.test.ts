import type { BrowserContextOptions } from "playwright-core";
import { describe, expect, it, test } from "vitest";
import { CHROMIUM, chat, overflowOf, seriousTroubles, setStage, textOf, WITH_PICTURE } from "./set-stage.ts";

describe.skipIf(CHROMIUM === undefined)("the models", () => {
  it("are found, with the calls left of each, and tried with a click", async () => {
    const { open } = await setStage();
    const page = await open("#models");
    await page.getByText(/^1\d\d models\./).waitFor();
    await page.getByRole("searchbox").fill("4o mini");
    const row = page.locator('[data-model="gpt-4o-mini"]');
    await row.getByText("3,125").waitFor();
    await page.getByRole("searchbox").fill("schnell");
    await page.getByRole("button", { name: "Try flux/schnell in the playground" }).click();
    await page.getByRole("heading", { name: "Playground" }).waitFor();
    expect(await page.getByRole("tab", { name: "Images" }).getAttribute("aria-selected")).toBe("true");
    await page.getByRole("button", { name: /^Model: flux\/schnell/ }).waitFor();
  });
});

describe.skipIf(CHROMIUM === undefined)("everyone", () => {
  const LOOKS: readonly (readonly [string, BrowserContextOptions])[] = [
    ["light, on a desk", { colorScheme: "light" }],
    ["dark, on a desk", { colorScheme: "dark" }],
    ["light, on a phone", { colorScheme: "light", viewport: { width: 375, height: 667 } }],
    ["dark, on a phone", { colorScheme: "dark", viewport: { width: 375, height: 667 } }],
  ];

  test.each(LOOKS)("can use it: %s", async (_, options) => {
    const { open, call } = await setStage();
    await call("/chat/completions", chat("Hello"));
    await call("/chat/completions", WITH_PICTURE);
    await call("/conversations", {});
    const page = await open("", { ...options, reducedMotion: "reduce" });
    await page.locator("#calls > li").nth(2).waitFor();
    const troubles: string[] = [];
    const look = async (where: string): Promise<void> => {
      troubles.push(...(await seriousTroubles(page)).map((trouble) => `${where}: ${trouble}`));
      const tooWide = await overflowOf(page);
      if (tooWide > 0) troubles.push(`${where}: ${tooWide} pixels too wide`);
    };
    await look("overview");
    await page.getByRole("link", { name: "Models" }).click();
    await page.locator("#models-rows tr").first().waitFor();
    await look("models");
    await page.getByRole("link", { name: "Playground" }).click();
    await page.getByText("10 left today").waitFor();
    await page.getByLabel("Message").fill("Hello");
    await page.getByRole("button", { name: "Send" }).click();
    await page
      .getByRole("log")
      .getByText(/API tokens/)
      .waitFor();
    await look("chat");
    await page.getByText("Settings").click();
    await page.getByRole("button", { name: /^Model: / }).click();
    await page.getByRole("option").first().waitFor();
    await look("the list of models");
    await page.keyboard.press("Escape");
    await page.getByRole("tab", { name: "Embeddings" }).click();
    await page.getByRole("button", { name: "Compare" }).click();
    await page.locator(".matrix").waitFor();
    await look("embeddings");
    await page.getByRole("tab", { name: "Images" }).click();
    await page.getByRole("button", { name: "Draw" }).click();
    await page.locator(".pictures img").waitFor();
    await look("images");
    expect(troubles).toEqual([]);
  });

  it("can use it without a mouse", async () => {
    const { open } = await setStage();
    const page = await open();
    await page.getByRole("heading", { name: /left today/ }).waitFor();
    const focused = (): Promise<string> => textOf(page.locator(":focus"));
    await page.keyboard.press("Tab");
    expect(await focused()).toBe("Skip to the content");
    for (const view of ["Overview", "Playground"]) {
      await page.keyboard.press("Tab");
      expect(await focused()).toBe(view);
    }
    await page.keyboard.press("Enter");
    await page.getByText("10 left today").waitFor();
    await page.getByRole("tab", { name: "Chat" }).focus();
    await page.keyboard.press("ArrowRight");
    expect(await focused()).toBe("Embeddings");
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("ArrowLeft");
    expect(await focused()).toBe("Images");
    await page.keyboard.press("Tab");
    expect(await focused()).toMatch(/^Model: /);
  });
});
