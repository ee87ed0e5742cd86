import type { LaplasOptions } from "@laplas/core";
import { createGateway, listen } from "@laplas/gateway";
import { describe, expect, it, onTestFinished } from "vitest";
import { CHROMIUM, chat, chooseModel, openPage, seriousTroubles, setStage, textOf } from "./set-stage.ts";

describe.skipIf(CHROMIUM === undefined)("the playground", () => {
  it("chats, chunk by chunk, and goes on where it was", async () => {
    const { open, sandbox } = await setStage({}, { chunkDelayMs: 5 });
    const page = await open("#playground");
    await page.getByText("10 left today").waitFor();
    await page.getByLabel("Message").fill("Tides come from the moon. What do tides come from?");
    await page.getByLabel("Message").press("Enter");
    const log = page.getByRole("log");
    await log.getByText(/API tokens/).waitFor();
    expect(await textOf(log.locator(".theirs"))).toMatch(/moon[\s\S]*gpt-4o-mini · \d+ API tokens/);
    await page.getByLabel("Message").fill("And again?");
    await page.getByRole("button", { name: "Send" }).click();
    await log
      .getByText(/API tokens/)
      .nth(1)
      .waitFor();
    await page.getByText("8 left today").waitFor();
    expect(sandbox.requests.at(-1)?.body).toMatchObject({ stream: true, messages: { length: 3 } });
    expect(sandbox.counts()).toMatchObject({ answered: 2, refused: 0 });
  });

  it("is opened by its address with its heading in sight, on a phone too", async () => {
    const { open } = await setStage();
    const page = await open("#playground", { viewport: { width: 390, height: 500 } });
    await page.getByText("10 left today").waitFor();
    await page.reload();
    await page.getByText("10 left today").waitFor();
    await page.evaluate("document.querySelector('#playground').scrollIntoView()");
    const heading = await page.getByRole("heading", { name: "Playground" }).boundingBox();
    const head = await page.getByRole("banner").boundingBox();
    expect(heading?.y).toBeGreaterThanOrEqual((head?.y ?? 0) + (head?.height ?? 0));
  });

  it("compares texts", async () => {
    const { open } = await setStage();
    const page = await open("#playground");
    await page.getByRole("tab", { name: "Embeddings" }).click();
    await page.getByRole("button", { name: "Compare" }).click();
    await page.getByText(/^Most alike: 1 and 2, likeness 0\.\d\d$/).waitFor();
    const cells = await page.locator(".matrix td").allInnerTexts();
    expect(cells).toHaveLength(9);
    expect([cells[0], cells[4], cells[8]]).toEqual(["1.00", "1.00", "1.00"]);
    await page.getByLabel("Texts to compare").fill("alone");
    await page.getByRole("button", { name: "Compare" }).click();
    await page.getByText("Give two to six texts").waitFor();
  });

  it("draws", async () => {
    const { open } = await setStage();
    const page = await open("#playground");
    await page.getByRole("tab", { name: "Images" }).click();
    await page.getByLabel("What to draw").fill("A red boat on the sea");
    await page.getByRole("button", { name: "Draw" }).click();
    const picture = page.getByRole("img", { name: "A red boat on the sea" });
    await picture.waitFor();
    await expect
      .poll(() => picture.evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth))
      .toBeGreaterThan(0);
  });

  it("counts down where a model's calls are used up, says why once, and offers a model that answers", async () => {
    const { open, playground, sandbox } = await setStage();
    for (let index = 0; index < 10; index += 1) await playground.chat(chat("Hello") as never);
    const page = await open("#playground");
    await page.getByText("0 left today").waitFor();
    const why = page.getByRole("alert").filter({ hasText: "This model's calls of the day are used up" });
    await why.getByText("10 of 10 requests, rule daily_requests").waitFor();
    await why.getByText(/Resets (at|on)/).waitFor();
    expect(await why.textContent()).not.toMatch(/\d{4}-\d\d-\d\d/);
    const send = page.getByRole("button", { name: /^Send in \d\d:\d\d:\d\d$/ });
    const shown = await textOf(send);
    await expect.poll(() => textOf(send)).not.toBe(shown);
    await page.getByLabel("Message").fill("One more");
    await page.getByLabel("Message").press("Enter");
    await send.focus();
    await page.keyboard.press("Enter");
    expect(await page.getByText("are used up").count()).toBe(1);
    // What was asked is not lost, and nothing was sent.
    expect(await page.getByLabel("Message").inputValue()).toBe("One more");
    expect(sandbox.counts()).toMatchObject({ received: 10 });
    await why.getByRole("button", { name: "Dismiss" }).click();
    expect(await why.count()).toBe(0);
    expect(await textOf(page.locator(":focus"))).toMatch(/^Model: gpt-4o-mini/);
    await send.waitFor();
    await chooseModel(page, "gpt-4.1-nano");
    await page.getByText("10 left today").waitFor();
    await chooseModel(page, "gpt-4o-mini");
    await why.getByRole("button", { name: /^Use / }).click();
    await page.getByText("10 left today").waitFor();
    expect(await page.getByRole("alert").allInnerTexts()).toEqual([""]);
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await page
      .getByRole("log")
      .getByText(/API tokens/)
      .waitFor();
    expect(sandbox.counts()).toMatchObject({ answered: 11, refused: 0 });
  });

  it("asks again by itself once the day is over", async () => {
    const { open, playground, sandbox } = await setStage();
    for (let index = 0; index < 10; index += 1) await playground.chat(chat("Hello") as never);
    const page = await open("#playground");
    await page.getByRole("button", { name: /^Send in/ }).waitFor();
    sandbox.clock.set(new Date("2026-03-11T00:00:03.000Z"));
    await page.getByText("10 left today").waitFor();
    await page.getByRole("button", { name: "Send", exact: true }).waitFor();
    expect(await page.getByText("are used up").count()).toBe(0);
  });

  it("counts down where the day's tokens are used up, and says that no model answers", async () => {
    const { open, spend, sandbox } = await setStage();
    await spend();
    const page = await open("#playground");
    for (const [tab, word] of [
      ["Chat", "Send"],
      ["Embeddings", "Compare"],
      ["Images", "Draw"],
    ] as const) {
      await page.getByRole("tab", { name: tab }).click();
      await page.getByRole("button", { name: new RegExp(`^${word} in \\d\\d:`) }).waitFor();
      const why = page.getByRole("tabpanel").getByRole("alert");
      await why.getByText("The day's budget is used up").waitFor();
      await why.getByText("rule daily_api_tokens").first().waitFor();
      await why.getByText("Until then no model of this kind answers.").waitFor();
      expect(await page.getByRole("alert").count()).toBe(1);
    }
    expect(sandbox.counts()).toMatchObject({ received: 29, refused: 0 });
  });

  it("waits its turn behind a call of the API, and can be stopped", async () => {
    const { open, call, sandbox } = await setStage();
    const held = Promise.withResolvers<void>();
    sandbox.fault({ kind: "hold", until: held.promise, afterChunks: 1 });
    const other = await call("/chat/completions", chat("Hello", { stream: true }));
    const page = await open("#playground");
    await page.getByText("10 left today").waitFor();
    await page.getByLabel("Message").fill("Hello");
    await page.getByRole("button", { name: "Send" }).click();
    await page.getByText("waiting, next in line").waitFor();
    await page.getByRole("button", { name: "Stop" }).click();
    await page.getByText("stopped", { exact: true }).waitFor();
    expect(await page.getByLabel("Message").inputValue()).toBe("Hello");
    await other.body?.cancel();
    held.resolve();
    await page.getByRole("button", { name: "Send" }).click();
    await page
      .getByRole("log")
      .getByText(/API tokens/)
      .waitFor();
  });

  it("keeps what came of an answer that ended early, and goes on from it", async () => {
    const { open, sandbox } = await setStage();
    const page = await open("#playground");
    const log = page.getByRole("log");
    const ask = async (text: string): Promise<void> => {
      await page.getByLabel("Message").fill(text);
      await page.getByRole("button", { name: "Send" }).click();
    };
    await page.getByText("10 left today").waitFor();
    sandbox.fault({ kind: "cut", afterChunks: 3 });
    await ask("Tides come from the moon. What do tides come from?");
    await log.getByText("broke off").waitFor();
    await page.getByRole("tabpanel").getByRole("alert").getByRole("heading").waitFor();
    const held = Promise.withResolvers<void>();
    sandbox.fault({ kind: "hold", until: held.promise, afterChunks: 3 });
    await ask("And the wind: it comes from the sun. What does the wind come from?");
    await expect.poll(() => log.locator(".theirs").count()).toBe(2);
    await page.getByRole("button", { name: "Stop" }).click();
    held.resolve();
    // The account knows the cost, which the reader that left was not told.
    await log.getByText(/^gpt-4o-mini · (?:about )?[\d,]+ API tokens · (?:waited .+ · )?stopped$/).waitFor();
    await ask("And rain? Rain comes from clouds.");
    await log
      .locator(".exchange")
      .nth(2)
      .getByText(/API tokens/)
      .waitFor();
    const turns = sandbox.requests.at(-1)?.body as { messages: { role: string; content: string }[] };
    expect(turns.messages.map(({ role }) => role)).toEqual(["user", "assistant", "user", "assistant", "user"]);
    expect(turns.messages.every(({ content }) => content.length > 0)).toBe(true);
  });

  it("says when an answer was cut, and keeps none without a word", async () => {
    const { open, sandbox } = await setStage();
    const page = await open("#playground");
    await page.getByText("10 left today").waitFor();
    await page.getByLabel("Message").fill("Write 900 words about the sea.");
    await page.getByRole("button", { name: "Send" }).click();
    await page.getByRole("log").getByText("cut at 512 tokens").waitFor();
    const chunk = { choices: [{ index: 0, delta: {}, finish_reason: "length" }], usage: { total_tokens: 512 } };
    const body = `data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`;
    sandbox.fault({ kind: "respond", status: 200, body, headers: { "content-type": "text/event-stream" } });
    await page.getByLabel("Message").fill("Think hard.");
    await page.getByRole("button", { name: "Send" }).click();
    await page.getByRole("status").getByText("The model answered without a word.").waitFor();
    expect(await page.getByLabel("Message").inputValue()).toBe("Think hard.");
    expect(await page.locator(".turn").count()).toBe(2);
  });

  it("stops drawing and comparing when told to", async () => {
    const { open, call, sandbox } = await setStage();
    const held = Promise.withResolvers<void>();
    sandbox.fault({ kind: "hold", until: held.promise, afterChunks: 1 });
    const other = await call("/chat/completions", chat("Hello", { stream: true }));
    const page = await open("#playground");
    for (const [tab, button] of [
      ["Images", "Draw"],
      ["Embeddings", "Compare"],
    ] as const) {
      await page.getByRole("tab", { name: tab }).click();
      await page.getByRole("button", { name: button }).click();
      await page.getByText("waiting, next in line").waitFor();
      await page.getByRole("button", { name: "Stop" }).focus();
      await page.keyboard.press("Enter");
      await page.getByRole("tabpanel").getByText("stopped", { exact: true }).waitFor();
      expect(await textOf(page.locator(":focus"))).toBe(button);
    }
    await other.body?.cancel();
  });

  it("finds a model by what it is and can do, with the keyboard alone", async () => {
    const { open } = await setStage();
    const page = await open("#playground");
    await page.getByText("10 left today").waitFor();
    const button = page.getByRole("button", { name: /^Model: / });
    expect(await textOf(button.locator("xpath=.."))).toMatch(
      /gpt-4o-mini.*10 left today.*OpenAI · about 16 API tokens a call · 128k context · 512 tokens an answer.*tools/,
    );
    await button.press("Enter");
    const field = page.getByRole("combobox", { name: "Search the models" });
    const options = page.getByRole("option");
    const active = (): Promise<string> => textOf(page.locator("#picker-options [data-active]"));
    expect(await active()).toMatch(/gpt-4o-mini/);
    expect(await page.getByRole("option", { selected: true }).count()).toBe(1);
    await field.fill("google free");
    await expect.poll(() => options.count()).toBeLessThan(10);
    for (const text of await options.allInnerTexts()) expect(text).toMatch(/Google · free/);
    await field.fill("reasoning");
    await page.getByText(/^\d+ models$/).waitFor();
    await page.keyboard.press("ArrowDown");
    expect(await seriousTroubles(page)).toEqual([]);
    const second = await active();
    expect(await field.getAttribute("aria-activedescendant")).toBe("picker-option-1");
    expect(await options.nth(1).textContent()).toBe(second);
    await page.keyboard.press("Escape");
    expect(await options.count()).toBe(0);
    expect(await textOf(page.locator(":focus"))).toMatch(/^Model: gpt-4o-mini/);
    await button.press("Enter");
    await field.fill("no such model");
    await page.getByText("No model fits every word.").waitFor();
    await page.keyboard.press("Enter");
    await field.fill("gpt-4.1-nano");
    await page.keyboard.press("Enter");
    expect(await textOf(page.locator(":focus"))).toMatch(/^Model: .*gpt-4\.1-nano/);
    // Another place that gets the focus closes the list.
    await button.press("Enter");
    await page.getByLabel("Message").focus();
    await expect.poll(() => options.count()).toBe(0);
  });

  it("sends a system prompt and a temperature with every question, and neither where none is set", async () => {
    const { open, sandbox } = await setStage();
    const page = await open("#playground");
    await page.getByText("10 left today").waitFor();
    const ask = async (): Promise<void> => {
      await page.getByLabel("Message").fill("Hello");
      await page.getByRole("button", { name: "Send", exact: true }).click();
      await page.getByRole("button", { name: "New conversation" }).click();
    };
    await ask();
    expect(sandbox.requests.at(-1)?.body).not.toHaveProperty("temperature");
    expect(sandbox.requests.at(-1)?.body).toMatchObject({ messages: [{ role: "user" }] });
    await page.getByText("Settings").click();
    await page.getByLabel("System prompt").fill("Answer like a sailor.");
    await page.getByLabel("Temperature").fill("0.3");
    await page.getByText("Settings system prompt, temperature 0.3").click();
    await ask();
    expect(sandbox.requests.at(-1)?.body).toMatchObject({
      temperature: 0.3,
      messages: [
        { role: "system", content: "Answer like a sailor." },
        { role: "user", content: "Hello" },
      ],
    });
    await page.getByText("Settings").click();
    await page.getByRole("button", { name: "Reset" }).click();
    await ask();
    expect(sandbox.requests.at(-1)?.body).not.toHaveProperty("temperature");
  });

  it("says why there is none, where there is none", async () => {
    for (const [tier, ledger, words] of [
      ["free", "memory", "its account is kept in memory"],
      ["free", undefined, "the program that runs it gave it none"],
      ["paid", undefined, "its tier has no limits"],
    ] as const) {
      const { open, call } = await setStage({ playground: undefined }, {}, { tier, ...(ledger && { ledger }) });
      await call("/chat/completions", chat("Hello"));
      const page = await open("#playground");
      await page.getByText("This gateway has no playground").getByText(words).waitFor();
      await page.getByRole("link", { name: "Models" }).click();
      await page.locator("#models-rows tr").first().waitFor();
      expect(await page.getByRole("button", { name: /^Try / }).count()).toBe(0);
      if (tier !== "paid") continue;
      await page.getByRole("link", { name: "Overview" }).click();
      await page.getByRole("heading", { name: "No limits on the tier paid" }).waitFor();
      await page.getByText("Everything: this tier has no rules.").waitFor();
      await page.getByRole("heading", { name: "API tokens of the last 24 hours" }).waitFor();
    }
  });

  it("offers what a tier of one's own serves", async () => {
    const evidence = { source: "us", date: "2026-01-01", status: "published" } as const;
    const shared = { kind: "window", scope: "account", marginMs: 2_000, evidence } as const;
    const tier = {
      name: "mine",
      title: "Pictures of ours",
      rules: [
        { id: "pictures", kind: "allowedModalities", modalities: ["image"], evidence },
        { ...shared, id: "tokens", meter: "credits", limit: 5_000, period: { type: "rolling", spanMs: 600_000 } },
      ],
    } as const satisfies LaplasOptions["tier"];
    const { laplas } = await setStage({}, {}, { tier });
    const made = createGateway({ laplas, playground: laplas });
    const server = await listen(made, { port: 0 });
    onTestFinished(async () => {
      await server.close(0);
      made.close();
    });
    const page = await openPage(`${server.url}/#playground`);
    await expect.poll(() => page.getByRole("tab").allInnerTexts()).toEqual(["Images"]);
    await page.getByRole("button", { name: "Draw" }).click();
    await page.getByRole("img", { name: /lighthouse/ }).waitFor();
    await page.getByRole("link", { name: "Overview" }).click();
    await page.getByRole("heading", { name: /^4,\d\d\d API tokens left for these 10 min$/ }).waitFor();
    // What is used frees call by call: there is nothing to count down to.
    expect(await page.locator("#countdown").count()).toBe(0);
  });
});
