import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createLaplas } from "@laplas/core";
import { expect, it, onTestFinished } from "vitest";
import { createPictureStore } from "../pictures/picture-store.js";
import { bringPictures } from "./bring-pictures.js";

const PNG = Buffer.from("89504e470d0a1a0a0000000d", "hex");

async function serve(seen: string[] = []): Promise<string> {
  const server = createServer(({ url = "" }, response) => {
    seen.push(url);
    if (url === "/good.png") response.end(PNG);
    else if (url === "/page.html") response.end("<script>1</script>");
    else if (url.startsWith("/to/")) response.writeHead(302, { location: decodeURIComponent(url.slice(4)) }).end();
    else response.writeHead(404).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function engineOn(base: string) {
  const laplas = createLaplas({ apiKey: "a-key", baseURL: `${base}/v1`, ledger: "memory" });
  onTestFinished(() => laplas.close());
  return laplas;
}

const store = createPictureStore({ maxCount: 9, maxBytes: 9_999, maxAgeMs: 9_999 }, () => 0);

it("keeps the pictures that can be had, and the address of those that can't", async () => {
  const base = await serve();
  const urls = [
    `${base}/good.png`,
    `${base}/page.html`,
    `${base}/none.png`,
    "http://127.0.0.1:1/closed",
    "/images/kept.png",
  ];
  const answer = { created: 1, data: [...urls.map((url) => ({ url })), { b64_json: "AAAA" }] };
  const { fetchPicture } = engineOn(base);
  const { signal } = new AbortController();
  const brought = await bringPictures(answer, fetchPicture, store, (name) => `/images/${name}`, signal);
  expect(brought).toEqual({
    created: 1,
    data: [{ url: expect.stringMatching(/^\/images\/\w+\.png$/) }, ...answer.data.slice(1)],
  });
});

it("asks nothing else of this machine, whatever the upstream names or redirects to", async () => {
  const seen: string[] = [];
  const inside = await serve(seen);
  const base = await serve();
  const { port } = new URL(inside);
  const urls = [
    `${inside}/good.png`,
    `http://localhost:${port}/good.png`,
    `http://[::ffff:127.0.0.1]:${port}/good.png`,
    `http://0:${port}/good.png`,
    `${base}/to/${encodeURIComponent(`${inside}/good.png`)}`,
  ];
  const answer = { data: urls.map((url) => ({ url })) };
  const { signal } = new AbortController();
  expect(await bringPictures(answer, engineOn(base).fetchPicture, store, String, signal)).toEqual(answer);
  expect(seen).toEqual([]);
});

it("leaves an answer without a list alone", async () => {
  const answer = { data: "none" };
  const { fetchPicture } = engineOn("http://127.0.0.1:1");
  expect(await bringPictures(answer, fetchPicture, store, String, new AbortController().signal)).toBe(answer);
});
