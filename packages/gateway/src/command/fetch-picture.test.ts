import { expect, it } from "vitest";
import { fetchPicture } from "./fetch-picture.js";

it("knows pictures by their bytes, and fetches nothing but the web", async () => {
  const { signal } = new AbortController();
  const jpeg = Buffer.from("\xff\xd8\xff\xe0", "latin1").toString("base64");
  expect((await fetchPicture({ b64_json: jpeg }, signal)).type).toBe("image/jpeg");
  expect((await fetchPicture({ url: "data:image/png;base64,iVBORw0KGgo=" }, signal)).type).toBe("image/png");
  await expect(fetchPicture({ url: "file:///etc/passwd" }, signal)).rejects.toThrow(/neither a picture/);
  await expect(fetchPicture({ url: "http://127.0.0.1:1/a.png" }, signal)).rejects.toThrow(/lies at http:\/\/127/);
});
