import { longText } from "@laplas/sandbox";
import { describe, expect, it } from "vitest";
import { CHROMIUM, chat, overflowOf, seriousTroubles, setStage, TOKEN, textOf, WITH_PICTURE } from "./set-stage.ts";

describe.skipIf(CHROMIUM === undefined)("the overview", () => {
  it("shows what is left, and a call that somebody makes elsewhere as it happens", async () => {
    const { open, call } = await setStage({ clients: [{ name: "notebook", token: TOKEN }] });
    const page = await open();
    await page.getByLabel("Token", { exact: true }).fill(TOKEN);
    await page.getByRole("button", { name: "Open" }).click();
    await page.getByRole("heading", { name: "50,000 API tokens left today" }).waitFor();
    await page.getByText("No calls since this gateway began").waitFor();

    await call("/chat/completions", chat("Hello", { max_tokens: 4_000 }));
    const row = page.locator("#calls > li").first();
    await row.waitFor();
    const text = await textOf(row);
    for (const part of [
      /answered/,
      /gpt-4o-mini/,
      /notebook · chat/,
      /adjusted/,
      /max_tokens → 512, rule output_tokens/,
    ]) {
      expect(text).toMatch(part);
    }
    expect(text).toMatch(/16\s+API tokens/);
    await page.getByRole("heading", { name: "49,984 API tokens left today" }).waitFor();
    await page.getByText("16 through this gateway").waitFor();
    await page.locator(".columns .now").waitFor();
    expect(await page.title()).toBe("49,984 left · laplas");
    expect(await page.getByRole("meter").getAttribute("aria-valuenow")).toBe("49984");
  });

  it("tells of how many parts a continued answer is, and why one is cut all the same", async () => {
    const { open, call, sandbox } = await setStage({}, {}, { continueAtCap: 2 });
    const page = await open();
    sandbox.write({ text: longText({ kind: "sentences", tokens: 900 }) });
    await (await call("/chat/completions", chat("Write"))).text();
    sandbox.write({ text: longText({ kind: "sentences", tokens: 3_000 }) });
    await (await call("/chat/completions", chat("Write", { stream: true }))).text();
    await (await call("/chat/completions", chat("Hello"))).text();
    const rows = page.locator("#calls > li");
    await rows.nth(2).waitFor();
    const [hello, cut, whole] = await Promise.all([0, 1, 2].map((index) => textOf(rows.nth(index))));
    expect(whole).toMatch(/2 parts/);
    expect(whole).not.toMatch(/cut:/);
    expect(cut).toMatch(/3 parts.*cut: all follow-ups are used up/);
    expect(hello).not.toMatch(/parts|cut:/);
    expect(await seriousTroubles(page)).toEqual([]);
  });

  it("says why a call was refused, and what to do", async () => {
    const { open, call } = await setStage();
    const page = await open();
    await call("/chat/completions", WITH_PICTURE);
    await call("/conversations", {});
    const why = page.locator("#refusal .why");
    await why.getByText("laplas does not speak the Conversations API", { exact: false }).waitFor();
    const row = page.locator("#calls > li").nth(1);
    for (const words of ["refused", "A picture was attached.", "image_url", "Send text only", "retrying won't help"]) {
      await row.getByText(words, { exact: false }).first().waitFor();
    }
    // What went right is in nobody's way who looks for what went wrong.
    await call("/chat/completions", chat("Hello"));
    await page.locator("#calls > li").nth(2).waitFor();
    await page.getByLabel("Only what went wrong").check();
    await expect.poll(() => page.locator("#calls > li").count()).toBe(2);
  });

  it("shows each call as it comes", async () => {
    const { open, call } = await setStage();
    const page = await open();
    await page.getByText("No calls since this gateway began").waitFor();
    for (let index = 0; index < 3; index += 1) {
      await call("/chat/completions", chat("Hello"));
      await page.locator("#calls > li").nth(index).waitFor();
    }
  });

  it("shows what strangers write as they wrote it, on a phone too", async () => {
    const { open, call, sandbox } = await setStage({ showPrompts: true });
    const markup = "<img src=x onerror=alert(1)><script>alert(2)</script>";
    const backwards = "\u202Emoc.live";
    await call("/chat/completions", chat(`${markup}${"p".repeat(400)}`));
    await call("/chat/completions", chat("Hello", { model: `${markup}${backwards}${"m".repeat(400)}` }));
    sandbox.fault({ kind: "respond", status: 400, body: { message: `${markup}${"u".repeat(900)}` } });
    await call("/chat/completions", chat(backwards));
    const page = await open("", { viewport: { width: 375, height: 667 } });
    page.on("dialog", () => expect.unreachable("a stranger's script ran"));
    await page.locator("#calls > li").nth(2).waitFor();
    expect(await page.locator("#calls img, #calls script, #refusal img, #refusal script").count()).toBe(0);
    expect((await textOf(page.locator("#calls"))).split(markup).length - 1).toBeGreaterThanOrEqual(3);
    expect(await overflowOf(page)).toBe(0);
  });

  it("shows the newest calls, and the others when asked", async () => {
    const { open, laplas } = await setStage();
    for (let index = 0; index < 90; index += 1) {
      await laplas.chat(chat(`Hello ${index}`, { model: "google/gemma-3-27b-it" }) as never);
    }
    const page = await open();
    const rows = page.locator("#calls > li");
    await rows.first().waitFor();
    expect(await rows.count()).toBe(20);
    await page.getByRole("button", { name: "Show 60 more of 90" }).click();
    expect(await rows.count()).toBe(80);
    await page.getByRole("button", { name: "Show 10 more of 90" }).press("Enter");
    expect(await rows.count()).toBe(90);
    // The button is gone, and the keyboard is where it led.
    expect(await rows.nth(80).evaluate((row) => row === row.ownerDocument.activeElement)).toBe(true);
    await page.getByLabel("Only what went wrong").check();
    await page.getByText("Nothing went wrong with the newest calls.").waitFor();
  });

  it("says that the upstream has nothing left, whatever the own count is", async () => {
    const { open, call, sandbox } = await setStage();
    sandbox.fault({ kind: "publishedError", status: 403 });
    expect((await call("/chat/completions", chat("Hello"))).status).toBe(429);
    const page = await open();
    await page.getByRole("heading", { name: "Nothing left, says the upstream" }).waitFor();
    await page.getByText("By our count 50,000 of 50,000 API tokens left").waitFor();
    await page.getByText("Refused by the upstream: The day's budget is used up").waitFor();
    await page.getByRole("link", { name: "Playground" }).click();
    await page.getByText("Nothing is left, says the upstream").waitFor();
    await page.getByLabel("Message").fill("Hello");
    await page.getByRole("button", { name: "Send" }).click();
    await page.getByText("Until then no model of this kind answers.").waitFor();
  });

  it("counts down to the reset", async () => {
    const { open } = await setStage({}, { clock: { start: Date.parse("2026-03-10T20:30:02.000Z") } });
    const page = await open();
    const countdown = page.locator("#countdown");
    const first = await textOf(countdown);
    // Three hours and a half, less what the page takes to open.
    expect(first).toMatch(/^03:(30:00|2\d:\d\d)$/);
    await expect.poll(() => textOf(countdown)).not.toBe(first);
    expect((await textOf(countdown)) < first).toBe(true);
  });

  it("shows who runs and who waits", async () => {
    const { open, call, sandbox } = await setStage();
    const held = Promise.withResolvers<void>();
    sandbox.fault({ kind: "hold", until: held.promise, afterChunks: 1 });
    const page = await open();
    const running = await call("/chat/completions", chat("Hello", { stream: true }));
    const waiting = call("/chat/completions", chat("Hello", { model: "google/gemma-3-27b-it" }));
    await page.getByText("1 of 1 running, 1 waiting").waitFor();
    await page.locator(".queue").getByText("google/gemma-3-27b-it").waitFor();
    await page.locator(".queue").getByText(/next$/).waitFor();
    await running.body?.cancel();
    // The slot is free once the upstream has ended.
    held.resolve();
    expect((await waiting).status).toBe(200);
    await page.getByText("0 of 1 running").waitFor();
  });

  it("says that nothing is left", async () => {
    const { open, spend, call } = await setStage();
    await spend();
    const page = await open();
    await page.getByRole("heading", { name: "Nothing left today: calls are refused" }).waitFor();
    await page.getByText("comes back in").waitFor();
    expect((await call("/chat/completions", chat("Hello"))).status).toBe(429);
    const why = page.locator("#refusal");
    await why.getByText("Refused: The day's budget is used up").waitFor();
    await why.getByText(/It heals in \d\d:\d\d:\d\d/).waitFor();
    // Before the page was opened, by another door of the same engine: still this gateway's.
    await page.getByText("51,156 through this gateway").waitFor();
  });

  it("does not know prompts, unless the operator wants them shown", async () => {
    for (const showPrompts of [false, true]) {
      const { open, call } = await setStage({ showPrompts });
      await call("/chat/completions", chat("The secret of the tides"));
      const page = await open();
      await page.locator("#calls > li").waitFor();
      expect((await page.content()).includes("The secret of the tides")).toBe(showPrompts);
    }
  });

  it("finds its gateway again after it was gone, and does not hold it up when it stops", async () => {
    const { open, server, call } = await setStage();
    const page = await open("", { mayComplain: true });
    await call("/chat/completions", chat("Hello"));
    await page.locator("#calls > li").waitFor();
    // The page's stream is ended: nobody waits for it until the grace is over.
    expect(await server.close(600_000)).toBe(0);
    await page.getByText("not connected").waitFor();
    // Not for the moment that starting anew takes.
    const box = page.getByRole("alert").filter({ hasText: "The gateway can't be reached" });
    await box.getByText("This page tries again by itself").waitFor();
    await page.getByRole("link", { name: "Playground" }).click();
    await page.getByLabel("Message").fill("Hello");
    await page.getByRole("button", { name: "Send" }).click();
    await page.getByRole("heading", { name: "The gateway can't be reached" }).waitFor();
    await page.getByRole("link", { name: "Overview" }).click();
    expect(await seriousTroubles(page)).toEqual([]);
    await setStage({}, {}, { port: Number(new URL(server.url).port) });
    await page.getByText("live", { exact: true }).waitFor();
    expect(await box.isVisible()).toBe(false);
    // Another gateway, which knows nothing of the old one's calls.
    await page.getByRole("heading", { name: "50,000 API tokens left today" }).waitFor();
    await expect.poll(() => page.locator("#calls > li").count()).toBe(0);
  });
});
