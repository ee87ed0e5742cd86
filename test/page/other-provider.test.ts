import { listen } from "@laplas/gateway";
import { describe, expect, it, onTestFinished } from "vitest";
import { LAPLAS_ONLY, openAcme } from "../open-acme.ts";
import { CHROMIUM, openPage } from "./set-stage.ts";

describe.runIf(CHROMIUM !== undefined)("the page of a gateway to another provider", () => {
  it("speaks of its models and its unit, and not of laplas's", async () => {
    const { gateway, ask } = await openAcme();
    const server = await listen(gateway, { port: 0 });
    onTestFinished(async () => void (await server.close(0)));
    await (
      await ask("/v1/chat/completions", { model: "acme-large", messages: [{ role: "user", content: "Hi" }] })
    ).text();

    const page = await openPage(`${server.url}/#overview`);
    const texts: string[] = [];
    const look = async (): Promise<void> => void texts.push((await page.locator("body").textContent()) ?? "");
    await page.getByText("Acme's free plan").waitFor();
    await page.getByText("15 tokens").waitFor();
    await page.getByText("2 requests a day per model").first().waitFor();
    await page.getByRole("heading", { name: "Limits for each model" }).waitFor();
    await page.getByRole("heading", { name: "Tokens of the last 24 hours" }).waitFor();
    await look();

    await page.getByRole("link", { name: "What each has left" }).click();
    await page.getByRole("columnheader", { name: "Tokens a call" }).waitFor();
    await expect.poll(() => page.locator("#models-rows tr").count()).toBe(2);
    await look();

    await page.getByRole("link", { name: "Playground" }).click();
    await page.locator("#chat-text").fill("Hello");
    await page.getByRole("button", { name: "Send" }).click();
    await page.locator(".turn.theirs small").getByText("acme-large · 15 tokens").waitFor();
    // Its two calls of the day are used up now, of this model and not of the other kind.
    await page.getByRole("button", { name: /^Send in \d\d:/ }).waitFor();
    await page.getByText("This model's calls of the day are used up").waitFor();
    await look();
    // A program of that name calls any provider; a model of that name is laplas's.
    for (const text of texts) expect(text.replaceAll("Claude Code", "")).not.toMatch(LAPLAS_ONLY);
  });
});
