import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { createPictureStore } from "../pictures/picture-store.js";
import { bringPictures } from "./bring-pictures.js";

const PNG = Buffer.from("89504e470d0a1a0a0000000d", "hex");

it("keeps the pictures that can be had, and the address of those that can't", async () => {
  const server = createServer(({ url }, response) => {
    if (url === "/good.png") response.end(PNG);
    else if (url === "/page.html") response.end("<script>1</script>");
    else response.writeHead(404).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const store = createPictureStore({ maxCount: 9, maxBytes: 9_999, maxAgeMs: 9_999 }, () => 0);
  const urls = [
    `${base}/good.png`,
    `${base}/page.html`,
    `${base}/none.png`,
    "http://127.0.0.1:1/closed",
    "/images/kept.png",
  ];
  const answer = { created: 1, data: [...urls.map((url) => ({ url })), { b64_json: "AAAA" }] };
  const brought = await bringPictures(answer, store, (name) => `/images/${name}`, new AbortController().signal);
  expect(brought).toEqual({
    created: 1,
    data: [{ url: expect.stringMatching(/^\/images\/\w+\.png$/) }, ...answer.data.slice(1)],
  });
});

it("leaves an answer without a list alone", async () => {
  const store = createPictureStore({ maxCount: 9, maxBytes: 9_999, maxAgeMs: 9_999 }, () => 0);
  const answer = { data: "none" };
  expect(await bringPictures(answer, store, String, new AbortController().signal)).toBe(answer);
});
