import { longText } from "@laplas/sandbox";
import { describe, expect, it } from "vitest";
import { CHROMIUM, chat, overflowOf, seriousTroubles, setStage, TOKEN, textOf, WITH_PICTURE } from "./set-stage.ts";

describe.skipIf(CHROMIUM === undefined)("the overview", () => {
  it("shows what is left, and a call that somebody makes elsewhere as it happens", async () => {
    const { open, call, sandbox } = await setStage({ clients: [{ name: "notebook", token: TOKEN }] });
    const page = await open();
    await page.getByLabel("Token", { exact: true }).fill(TOKEN);
    await page.getByRole("button", { name: "Open" }).click();
    await page.getByRole("heading", { name: "50,000 API tokens left today" }).waitFor();
    await page.getByText("No calls since this gateway began").waitFor();

    await call("/chat/completions", chat("Hello", { max_tokens: 4_000 }));
    const row = page.locator("#calls > li").first();
    await row.waitFor();
    const text = await textOf(row);
    for (const part of [/answered/, /gpt-4o-mini/, /notebook · chat/, /max_tokens: 4,000 asked, 512 given/]) {
      expect(text).toMatch(part);
    }
    expect(text).toMatch(/16\s+API tokens/);
    await page.getByRole("heading", { name: "49,984 API tokens left today" }).waitFor();
    await page.getByText("16 through this gateway").waitFor();
    await page.locator(".column.now .block").waitFor();
    expect(await page.title()).toBe("49,984 left · laplas");
    expect(await page.getByRole("meter").getAttribute("aria-valuenow")).toBe("49984");
    // A limit that nobody asked about is no news, until an answer ends there.
    await call("/chat/completions", chat("Hello"));
    await expect.poll(() => page.locator("#calls > li").count()).toBe(2);
    expect(await textOf(row)).not.toMatch(/max_tokens|512/);
    sandbox.write({ text: longText({ kind: "sentences", tokens: 900 }) });
    await call("/chat/completions", chat("At length"));
    await row.getByText("cut at 512 tokens").waitFor();
  });

  it("tells all that is known of a call in a drawer", async () => {
    const { open, call } = await setStage({ clients: [{ name: "notebook", token: TOKEN }] });
    const page = await open();
    await page.getByLabel("Token", { exact: true }).fill(TOKEN);
    await page.keyboard.press("Enter");
    const answer = await call("/chat/completions", chat("Hello", { max_tokens: 4_000 }));
    const row = page.locator("#calls > li button");
    await row.focus();
    await page.keyboard.press("Enter");
    const drawer = page.getByRole("dialog", { name: "gpt-4o-mini" });
    await drawer.waitFor();
    expect(await drawer.getByRole("row").nth(1).allInnerTexts()).toEqual([
      expect.stringMatching(/^max_tokens\s+rule output_tokens\s+4,000\s+512$/),
    ]);
    const facts = await textOf(drawer.locator("dl"));
    for (const fact of [/Callernotebook/, /Programnode/, /Targetgpt-4o-mini, laplas free tier/, /Cost16 API tokens/]) {
      expect(facts).toMatch(fact);
    }
    expect(facts).toContain(`Request id${answer.headers.get("x-request-id")}`);
    expect(facts).not.toMatch(/\d{4}-\d\d-\d\dT/);
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await drawer.evaluate((body) => body.scrollWidth - body.clientWidth)).toBe(0);
    expect(await seriousTroubles(page)).toEqual([]);
    // Nothing behind it is within reach, and the keyboard is back where it came from.
    await page.keyboard.press("Tab");
    expect(await page.locator("dialog :focus").count()).toBe(1);
    await page.keyboard.press("Escape");
    await expect.poll(() => page.getByRole("dialog").count()).toBe(0);
    expect(await row.evaluate((button) => button === button.ownerDocument.activeElement)).toBe(true);
  });

  it("finds calls by model, outcome and caller, and by what they hold", async () => {
    const { open, server, call } = await setStage();
    const callAs = (agent: string, body: object): Promise<Response> =>
      fetch(`${server.baseURL}/chat/completions`, {
        method: "POST",
        headers: { "user-agent": agent },
        body: JSON.stringify(body),
      });
    const ids: (string | null)[] = [];
    for (const [agent, body] of [
      ["OpenAI/Python 3.4.0", chat("Hello")],
      ["langflow/1.9", chat("Hello", { model: "gpt-4" })],
      ["langflow/1.9", WITH_PICTURE],
      ["OpenAI/Python 3.4.0", chat("Hello", { max_tokens: 4_000 })],
    ] as const) {
      ids.push((await callAs(agent, body)).headers.get("x-request-id"));
    }
    const page = await open();
    const count = (): Promise<number> => page.locator("#calls > li").count();
    await expect.poll(count).toBe(4);
    await page.getByLabel("Filter by model").selectOption("gpt-4o-mini");
    await expect.poll(count).toBe(2);
    await page.getByLabel("Filter by outcome").selectOption("less than asked for");
    await expect.poll(count).toBe(1);
    await page.getByRole("button", { name: "Clear" }).click();
    await page.getByLabel("Filter by caller").selectOption("langflow");
    await expect.poll(count).toBe(2);
    await page.getByRole("button", { name: "Clear" }).click();
    await page.getByRole("searchbox").fill(ids[1] ?? "");
    await expect.poll(count).toBe(1);
    await page.locator("#calls").getByText("gpt-4", { exact: true }).waitFor();
    await page.getByRole("searchbox").fill("nothing like that");
    await page.getByText("No call is like that.").waitFor();
    // A path is no model.
    await call("/other", {});
    await page.getByRole("button", { name: "Clear" }).click();
    await page.locator("#calls").getByText("/v1/other").waitFor();
    const choices = await page.getByLabel("Filter by model").getByRole("option").allInnerTexts();
    expect(choices).toEqual(["any model", "gpt-4", "gpt-4o", "gpt-4o-mini"]);
  });

  it("shows the values of each hour by keyboard and by pointer", async () => {
    const { open, call } = await setStage();
    await call("/chat/completions", chat("Hello"));
    await call("/chat/completions", chat("Hello", { model: "gpt-4" }));
    // A time zone without half hours, so that the hours of the account are hours of the clock.
    const page = await open("", { timezoneId: "Europe/Berlin" });
    const chart = page.getByRole("slider", { name: "API tokens by the hour" });
    await chart.focus();
    const spoken = (): Promise<string | null> => chart.getAttribute("aria-valuetext");
    await expect
      .poll(spoken)
      .toBe("13:00: 1,780 API tokens, 2 calls, gpt-4 1,764, gpt-4o-mini 16, 48,220 left at its end");
    await page.keyboard.press("ArrowLeft");
    await expect.poll(spoken).toBe("12:00: 0 API tokens, 0 calls, 50,000 left at its end");
    await page.keyboard.press("End");
    await expect.poll(spoken).toBe("00:00: 0 API tokens, 0 calls");
    const box = await chart.boundingBox();
    if (box === null) throw new Error("the chart has no place");
    await page.mouse.move(box.x + box.width * (12.5 / 24), box.y + 20);
    await page.locator(".values").getByText("13:00–14:00").waitFor();
    await page.locator(".values").getByText("gpt-4 1,764").waitFor();
    // On a phone they stay within the chart, at its ends too.
    await page.setViewportSize({ width: 390, height: 844 });
    for (const key of ["Home", "End"]) {
      await chart.press(key);
      await page.locator(".values").waitFor();
      expect(await overflowOf(page)).toBe(0);
    }
    await page.mouse.move(0, 0);
    await page.keyboard.press("Tab");
    await expect.poll(() => page.locator(".values").count()).toBe(0);
  });

  it("says where the pace leads", async () => {
    const { open, laplas } = await setStage(
      {},
      { clock: { start: Date.parse("2026-03-10T12:00:00.000Z"), frozen: true } },
    );
    for (let index = 0; index < 5; index += 1) await laplas.chat(chat("Hello", { model: "gpt-4" }) as never);
    const page = await open("", { timezoneId: "Europe/Berlin" });
    // 5 of 1,764 in what counts as ten minutes: 41,180 left last 47 minutes more.
    await page.getByText("At this rate empty at 13:46").waitFor();
    await page.locator(".pace-line").waitFor();
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
    await why.getByText("Refused: A path that is not served").waitFor();
    await why.getByRole("button", { name: "Details" }).click();
    await page.getByRole("dialog").getByText("laplas does not speak the Conversations API", { exact: false }).waitFor();
    await page.getByRole("dialog").getByText("Not retryable as it is.", { exact: false }).waitFor();
    await page.getByRole("button", { name: "Close" }).click();
    // In the list it is said in a word: each refusal is explained once.
    const row = page.locator("#calls > li").nth(1);
    expect(await textOf(row)).toMatch(/refused.*A picture was attached/);
    expect(await textOf(row)).not.toMatch(/image_url|Send text only/);
    await row.getByRole("button").click();
    for (const words of ["A picture was attached", "image_url", "Send text only"]) {
      await page.getByRole("dialog").getByText(words, { exact: false }).first().waitFor();
    }
    await page.keyboard.press("Escape");
    await why.getByRole("button", { name: "Dismiss" }).click();
    await expect.poll(() => why.count()).toBe(0);
    // What is refused later is told, until a call goes well.
    await call("/chat/completions", WITH_PICTURE);
    await why.getByText("Refused: A picture was attached").waitFor();
    await call("/chat/completions", chat("Hello"));
    await page.locator("#calls > li").nth(2).waitFor();
    await expect.poll(() => why.count()).toBe(0);
    // What went right is in nobody's way who looks for what went wrong.
    await page.getByLabel("Filter by outcome").selectOption("refused or failed");
    await expect.poll(() => page.locator("#calls > li").count()).toBe(2);
  });

  it("gives the line that mends a call, and a model that answers", async () => {
    const { open, call } = await setStage({}, {}, { onExcess: "refuse" });
    const page = await open("", { permissions: ["clipboard-read", "clipboard-write"] });
    expect((await call("/chat/completions", chat("Hello", { max_tokens: 4_000 }))).status).toBe(400);
    const why = page.locator("#refusal .why");
    await why.getByRole("button", { name: 'Copy the fix: "max_tokens": 512' }).click();
    await why.getByText("Copied").first().waitFor();
    const clipboard = (): Promise<string> =>
      page.evaluate(() =>
        (
          globalThis as unknown as { navigator: { clipboard: { readText(): Promise<string> } } }
        ).navigator.clipboard.readText(),
      );
    expect(await clipboard()).toBe('"max_tokens": 512');
    expect((await call("/chat/completions", chat("Hello", { model: "gpt-5" }))).status).toBe(404);
    await why.getByText("Refused: There is no such model here").waitFor();
    await why.getByRole("button", { name: "Use gpt-4", exact: true }).click();
    await page.getByRole("heading", { name: "Playground" }).waitFor();
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
    expect((await textOf(page.locator("#calls"))).split(markup).length - 1).toBeGreaterThanOrEqual(2);
    expect(await overflowOf(page)).toBe(0);
    for (const index of [0, 1, 2]) {
      await page.locator("#calls > li button").nth(index).click();
      const drawer = page.getByRole("dialog");
      await drawer.waitFor();
      if (index < 2) expect(await textOf(drawer)).toContain(index === 0 ? "moc.live" : markup);
      expect(await drawer.locator("img, script").count()).toBe(0);
      expect(await overflowOf(page)).toBe(0);
      await page.keyboard.press("Escape");
      await drawer.waitFor({ state: "hidden" });
    }
    await page.locator("#refusal").getByRole("button", { name: "Details" }).click();
    await page.getByRole("dialog").getByText("u".repeat(100)).waitFor();
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
    expect(await rows.nth(80).evaluate((row) => row.contains(row.ownerDocument.activeElement))).toBe(true);
    await page.getByLabel("Filter by outcome").selectOption("refused or failed");
    await page.getByText("Nothing went wrong with the newest calls.").waitFor();
  });

  it("says that the upstream has nothing left, whatever the own count is", async () => {
    const { open, call, sandbox } = await setStage();
    sandbox.fault({ kind: "publishedError", status: 403 });
    expect((await call("/chat/completions", chat("Hello"))).status).toBe(429);
    const page = await open();
    await page.getByRole("heading", { name: "Quota exceeded (reported by the provider)" }).waitFor();
    await page.getByText("By our count 50,000 of 50,000 API tokens left").waitFor();
    await page.locator("#refusal .why").getByText("Refused by the provider: The day's budget is used up").waitFor();
    await page.getByRole("link", { name: "Playground" }).click();
    await page.locator("#playground").getByText("Quota exceeded (reported by the provider)").first().waitFor();
    await page.getByRole("button", { name: /^Send in \d\d:\d\d:\d\d$/ }).waitFor();
  });

  it("counts down to the reset", async () => {
    const { open } = await setStage({}, { clock: { start: Date.parse("2026-03-10T23:30:02.000Z") } });
    const page = await open();
    const countdown = page.locator("#countdown");
    const first = await textOf(countdown);
    // Half an hour, less what the page takes to open.
    expect(first).toMatch(/^(30 min 00|2\d min \d\d) s$/);
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
    await page.locator(".queue .waiting").getByText("next", { exact: true }).waitFor();
    await running.body?.cancel();
    // The slot is free once the upstream has ended.
    held.resolve();
    expect((await waiting).status).toBe(200);
    await page.getByText("0 of 1 running").waitFor();
  });

  it("says of a slot that no call holds any more why it is taken", async () => {
    const { open, call, sandbox } = await setStage();
    const held = Promise.withResolvers<void>();
    sandbox.fault({ kind: "hold", until: held.promise, afterChunks: 1 });
    const page = await open();
    const running = await call("/chat/completions", chat("Hello", { stream: true }));
    await page.locator(".queue .running").getByText("gpt-4o-mini").waitFor();
    await running.body?.cancel();
    await page.getByText("1 call ended early: its slot is taken").waitFor();
    await page.getByText("1 of 1 running", { exact: true }).waitFor();
    expect(await page.locator(".queue").count()).toBe(0);
    held.resolve();
  });

  it("says that nothing is left", async () => {
    const { open, spend, call } = await setStage();
    await spend();
    const page = await open();
    await page.getByRole("heading", { name: "Nothing left today: calls are refused" }).waitFor();
    await page.locator(".resets").getByText("Resets in").waitFor();
    expect((await call("/chat/completions", chat("Hello"))).status).toBe(429);
    const why = page.locator("#refusal .why");
    await why.getByText("Refused: The day's budget is used up").waitFor();
    await why.getByText(/Resets in \d+ h \d\d min, on \w+day at/).waitFor();
    await why.getByRole("button", { name: "Details" }).click();
    const told = page.getByRole("dialog");
    await told.getByText(/It will reset on \w+day at \d\d:\d\d\./).waitFor();
    expect(await textOf(told)).not.toMatch(/\d{4}-\d\d-\d\dT/);
    await page.keyboard.press("Escape");
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
