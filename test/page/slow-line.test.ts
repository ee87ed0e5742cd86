import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { request } from "undici";
import { describe, expect, it } from "vitest";
import { CHROMIUM, openPage, setStage } from "./set-stage.ts";

/** What a page may weigh on the line, all that the playground loads later included. */
const MOST_BYTES = 60_000;
/** What comes within three and a half seconds at 6 kB a second. */
const FIRST_BYTES = 20_000;

describe.skipIf(CHROMIUM === undefined)("the page on a slow line", () => {
  it("weighs little, all of it", async () => {
    const { server } = await setStage();
    const page = await openPage("about:blank", { mayComplain: true });
    const sizes = new Map<string, number>();
    page.on("requestfinished", async (finished) => {
      const { pathname } = new URL(finished.url());
      if (pathname === "/" || pathname.startsWith("/page/")) {
        const { responseBodySize } = await finished.sizes();
        // The icon comes twice, once from what the browser has.
        if (responseBodySize > 0) sizes.set(pathname, responseBodySize);
      }
    });
    await page.goto(`${server.url}/#playground`);
    await page.getByLabel("Message").fill("What is a **tide**?");
    await page.getByLabel("Message").press("Enter");
    await page
      .getByRole("log")
      .getByText(/API tokens/)
      .waitFor();
    await expect
      .poll(() => [...sizes.keys()])
      .toEqual(expect.arrayContaining(["/", "/page/page.js", "/page/library.js"]));
    for (const [path, bytes] of sizes) {
      // From this machine a browser takes brotli, and it is what is told.
      const { headers, body } = await request(`${server.url}${path}`, { headers: { "accept-encoding": "gzip, br" } });
      expect([path, bytes]).toEqual([path, (await body.arrayBuffer()).byteLength]);
      expect(headers["content-encoding"]).toBe(path.endsWith(".svg") ? "gzip" : "br");
    }
    expect([...sizes.values()].reduce((sum, bytes) => sum + bytes, 0)).toBeLessThan(MOST_BYTES);
  });

  it("is the same however it is packed", async () => {
    const { server } = await setStage();
    for (const path of ["/", "/page/page.js", "/page/library.js"]) {
      const as = async (encoding: string): Promise<Buffer> => {
        const { body } = await request(`${server.url}${path}`, { headers: { "accept-encoding": encoding } });
        return Buffer.from(await body.arrayBuffer());
      };
      const text = await as("identity");
      expect(brotliDecompressSync(await as("br"))).toEqual(text);
      expect(gunzipSync(await as("gzip"))).toEqual(text);
    }
  });

  it("shows a skeleton from its first bytes, before its program has come", async () => {
    const { server } = await setStage();
    const page = await openPage("about:blank", { mayComplain: true });
    const line = await page.context().newCDPSession(page);
    await line.send("Network.enable");
    await line.send("Network.emulateNetworkConditions", {
      offline: false,
      latency: 400,
      downloadThroughput: 6_000,
      uploadThroughput: 6_000,
    });
    let received = 0;
    line.on("Network.loadingFinished", ({ encodedDataLength }) => {
      received += encodedDataLength;
    });
    // The program never comes: what is seen needs none.
    await page.route("**/page/page.js", () => {});
    await page.goto(server.url, { waitUntil: "commit" });
    const painted = (): Promise<number> =>
      page.evaluate(() => performance.getEntriesByName("first-contentful-paint").length);
    await expect.poll(painted).toBe(1);
    await page.getByText("connecting").waitFor();
    const [figure, plot] = [page.locator(".skeleton-figure"), page.locator(".skeleton-plot")];
    expect((await figure.boundingBox())?.height).toBeGreaterThan(40);
    expect((await plot.boundingBox())?.width).toBeGreaterThan(400);
    expect(await page.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => name))).not.toContain(
      `${server.url}/page/page.js`,
    );
    await expect.poll(() => received).toBeGreaterThan(1_000);
    expect(received).toBeLessThan(FIRST_BYTES);
  });
});
