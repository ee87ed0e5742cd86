import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "playwright-core";
import { describe, expect, it, onTestFinished } from "vitest";
import { CHROMIUM, chat, openPage, seriousTroubles, setStage, TOKEN } from "./set-stage.ts";

describe.skipIf(CHROMIUM === undefined)("the token", () => {
  const clients = [{ name: "notebook", token: TOKEN }];

  it("is asked for, kept in this tab alone, sent as a header, and forgotten when told to", async () => {
    const { open, server, call } = await setStage({ clients });
    const page = await open("", { mayComplain: true });
    const sent: { readonly url: string; readonly authorization: string | undefined }[] = [];
    page.on("request", (request) => {
      sent.push({ url: request.url(), authorization: request.headers().authorization });
    });
    await call("/chat/completions", chat("Hello"));
    expect(await page.content()).not.toMatch(/gpt-4o-mini<|notebook/);
    await page.getByLabel("Token", { exact: true }).fill("token-of-nobody-at-all");
    await page.getByRole("button", { name: "Open" }).click();
    await page.getByText("No client has this token.").waitFor();
    // No header takes such characters.
    await page.getByLabel("Token", { exact: true }).fill("tökén → 🙂");
    await page.keyboard.press("Enter");
    await page.getByText("No client has this token.").waitFor();
    await page.getByLabel("Token", { exact: true }).fill(TOKEN);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: /left today/ }).waitFor();
    await page.locator("#calls > li").first().waitFor();

    const storage = await page.context().storageState();
    expect(storage).toEqual({ cookies: [], origins: [] });
    expect(await page.content()).not.toContain(TOKEN);
    await expect.poll(() => sent.some(({ authorization }) => authorization === `Bearer ${TOKEN}`)).toBe(true);
    expect(sent.filter(({ url }) => url.includes(TOKEN))).toEqual([]);

    await page.reload();
    await page.getByRole("heading", { name: /left today/ }).waitFor();
    const other = await page.context().newPage();
    await other.goto(server.url);
    await other.getByLabel("Token", { exact: true }).waitFor();

    await page.getByRole("button", { name: "Forget the token" }).click();
    await page.getByLabel("Token", { exact: true }).waitFor();
    expect(await page.title()).toBe("laplas gateway");
    expect(await page.content()).not.toMatch(/gpt-4o-mini<|notebook/);
    await page.reload();
    await page.getByLabel("Token", { exact: true }).waitFor();
  });

  it("page is fit for everyone", async () => {
    const { open } = await setStage({ clients });
    for (const colorScheme of ["light", "dark"] as const) {
      const page = await open("", { colorScheme, viewport: { width: 375, height: 667 } });
      await page.getByLabel("Token", { exact: true }).waitFor();
      expect(await seriousTroubles(page)).toEqual([]);
    }
  });
});

describe.skipIf(CHROMIUM === undefined)("a page of another origin", () => {
  it("reads nothing, runs nothing of this one, and shows it in no frame", async () => {
    const { server } = await setStage();
    const stranger = createServer((_, response) => {
      response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><title>stranger</title>");
    }).listen(0, "127.0.0.1");
    await once(stranger, "listening");
    onTestFinished(() => void stranger.close());
    const url = `http://127.0.0.1:${(stranger.address() as AddressInfo).port}/`;
    const page = await openPage(url, { mayComplain: true });
    const outcomes = await page.evaluate(async (gateway) => {
      interface Frame {
        src: string;
        onload: () => void;
        readonly contentDocument: unknown;
      }
      const { document } = globalThis as unknown as {
        document: {
          createElement(name: string): Frame & { onerror: () => void };
          body: { append(node: unknown): void };
        };
      };
      const reached: string[] = [];
      for (const path of ["/v1/events", "/v1/quota", "/v1/calls-left", "/", "/page/page.js"]) {
        for (const mode of ["cors", "no-cors"] as const) {
          const text = await fetch(`${gateway}${path}`, { mode }).then(
            (response) => response.text(),
            () => "",
          );
          if (text !== "") reached.push(`${mode} ${path}`);
        }
      }
      for (const path of ["/v1/events", "/page/page.js"]) {
        const script = document.createElement("script");
        const ran = new Promise<boolean>((resolve) => {
          script.onload = () => resolve(true);
          script.onerror = () => resolve(false);
        });
        script.src = `${gateway}${path}`;
        document.body.append(script);
        if (await ran) reached.push(`script ${path}`);
      }
      const frame = document.createElement("iframe");
      const loaded = new Promise<void>((resolve) => {
        frame.onload = resolve;
      });
      frame.src = gateway;
      document.body.append(frame);
      await loaded;
      return reached;
    }, server.url);
    expect(outcomes).toEqual([]);
    // A frame that is refused shows the browser's own page.
    expect(page.frames().map((frame) => frame.url())).toEqual([url, "chrome-error://chromewebdata/"]);
  });
});

describe.skipIf(CHROMIUM === undefined)("many tabs", () => {
  const show = (page: Page, isHidden: boolean): Promise<void> =>
    page.evaluate((hidden) => {
      const { document, Event: Occasion } = globalThis as unknown as {
        document: { dispatchEvent(event: unknown): void };
        Event: new (name: string) => unknown;
      };
      Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
      document.dispatchEvent(new Occasion("visibilitychange"));
    }, isHidden);

  it("of one browser leave each other connections, and are live again when they are seen", async () => {
    const { open, server, call } = await setStage();
    const first = await open();
    const tabs = [first];
    const openTab = async (): Promise<void> => {
      const tab = await first.context().newPage();
      tabs.push(tab);
      await tab.goto(server.url);
      await tab.getByRole("heading", { name: "50,000 API tokens left today" }).waitFor();
    };
    for (let index = 0; index < 4; index += 1) await openTab();
    for (const tab of tabs) await show(tab, true);
    // With streams in five tabs, and one connection for the rest, more tabs would wait for ever.
    await expect.poll(() => server.running).toBe(0);
    for (let index = 0; index < 4; index += 1) await openTab();
    await call("/chat/completions", chat("Hello"));
    await show(first, false);
    await first.getByRole("heading", { name: "49,984 API tokens left today" }).waitFor();
    await first.getByText("live", { exact: true }).waitFor();
  });

  it("say so when the gateway takes no more of them", async () => {
    const { open, server } = await setStage();
    const leaving = new AbortController();
    const { signal } = leaving;
    // Kept: a response that nobody holds is collected, and its connection with it.
    const watching: Response[] = [];
    for (let index = 0; index < 50; index += 1) watching.push(await fetch(`${server.baseURL}/events`, { signal }));
    expect(watching.map(({ status }) => status)).toEqual(Array(50).fill(200));
    const page = await open("", { mayComplain: true });
    await page.getByRole("alert").getByText("Too many pages watch this gateway already").waitFor();
    leaving.abort();
    await page.getByRole("heading", { name: "50,000 API tokens left today" }).waitFor();
    await page.getByText("Too many pages").waitFor({ state: "hidden" });
    expect(watching.every(({ bodyUsed }) => !bodyUsed)).toBe(true);
  });
});
