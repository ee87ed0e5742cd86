import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createLaplas } from "@laplas/core";
import { expect, it, onTestFinished } from "vitest";
import { fetchPicture } from "./fetch-picture.js";

function engineOn(baseURL: string) {
  const laplas = createLaplas({ apiKey: "a-key", baseURL, ledger: "memory" });
  onTestFinished(() => laplas.close());
  return laplas;
}

it("knows pictures by their bytes, and fetches nothing but the web", async () => {
  const { signal } = new AbortController();
  const laplas = engineOn("http://127.0.0.1:1/v1");
  const jpeg = Buffer.from("\xff\xd8\xff\xe0", "latin1").toString("base64");
  expect((await fetchPicture(laplas, { b64_json: jpeg }, signal)).type).toBe("image/jpeg");
  expect((await fetchPicture(laplas, { b64_json: "AAAA" }, signal)).type).toBe("unknown");
  expect((await fetchPicture(laplas, { url: "data:image/png;base64,iVBORw0KGgo=" }, signal)).type).toBe("image/png");
  for (const image of [{ url: "file:///etc/passwd" }, {}]) {
    await expect(fetchPicture(laplas, image, signal)).rejects.toThrow(/neither a picture/);
  }
  await expect(fetchPicture(laplas, { url: "http://127.0.0.1:1/a.png" }, signal)).rejects.toThrow(
    /lies at http:\/\/127/,
  );
});

it("reads no more of a picture than one can have", async () => {
  const { promise, resolve } = Promise.withResolvers<number>();
  const server = createServer((_, response) => {
    let bytes = 0;
    const piece = Buffer.alloc(1_000_000);
    const send = (): void => {
      if (response.destroyed) return;
      bytes += piece.length;
      response.write(
        bytes === piece.length ? Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), piece]) : piece,
        send,
      );
    };
    response.on("close", () => resolve(bytes));
    response.on("error", () => {});
    send();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const work = fetchPicture(engineOn(`${base}/v1`), { url: `${base}/a.png` }, new AbortController().signal);
  await expect(work).rejects.toThrow(/more than 32 MB\. It lies at/);
  // What stands in the buffers of both sides is sent as well.
  expect(await promise).toBeLessThan(100_000_000);
});
